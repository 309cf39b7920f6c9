import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, SmsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { auditSource } from '../../contracts/events.ts';
import { AuditAction } from '../../contracts/monitoring.ts';
import { type Binding, binding } from '../platform/binding.ts';
import { putEvents } from '../platform/event-bus.ts';
import type { SliceProps } from '../platform/platform.ts';
import { ServiceFunction } from '../platform/service-function.ts';

/** Who is told that a training began or ended: programs by events, persons by mail and SMS. */
export class Notices extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { platform }: SliceProps) {
    super(scope, id);
    const { service, settings, table, keys, undelivered } = platform;
    this.topic = new Topic(this, 'Topic', { masterKey: keys.data, enforceSSL: true });
    for (const address of settings.noticeEmails) this.topic.addSubscription(new EmailSubscription(address));
    for (const number of settings.noticePhones) this.topic.addSubscription(new SmsSubscription(number));
    const announceJob = new ServiceFunction(this, 'AnnounceJob', {
      service,
      entry: 'training/announce-job',
      environment: { TABLE_NAME: table.allow('GetItem'), NOTICE_TOPIC_ARN: this.allow('Publish') },
      permissions: [putEvents(this)],
      deadLetters: undelivered,
    });
    new Rule(this, 'Trainings', {
      description: 'Trainings that the audit says began or ended, to those who want to know',
      eventPattern: {
        source: [auditSource],
        detailType: [AuditAction.TrainingStarted, AuditAction.TrainingEnded, AuditAction.TrainingCancelled],
      },
      targets: [
        new LambdaFunction(announceJob.function, {
          deadLetterQueue: undelivered.queue,
          maxEventAge: Duration.hours(2),
          retryAttempts: 5,
        }),
      ],
    });
  }

  /** Lets a function use the topic. */
  allow(...actions: readonly ('Publish' | 'Subscribe')[]): Binding {
    const { topicArn } = this.topic;
    return binding(topicArn, {
      // Who may subscribe may end a subscription: SNS authorises that on the topic too.
      actions: actions.flatMap((action) =>
        action === 'Subscribe' ? ['sns:Subscribe', 'sns:Unsubscribe'] : [`sns:${action}`],
      ),
      resources: [topicArn],
    });
  }
}
