import { Arn, Duration, Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, SmsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { auditSource } from '../../contracts/events.ts';
import { AuditAction } from '../../contracts/monitoring.ts';
import { acknowledgeWildcard } from '../platform/acknowledgements.ts';
import { type Binding, binding } from '../platform/binding.ts';
import { putEvents } from '../platform/event-bus.ts';
import type { SliceProps } from '../platform/platform.ts';
import { ServiceFunction } from '../platform/service-function.ts';

/** Who is told that a training began or ended: programs by events, persons by mail and SMS. */
export class Notices extends Construct {
  /** Of the deployment's own addresses, which are told of every tenant. */
  readonly topic: Topic;
  /** What the ARN of each subscription's topic begins with. */
  private readonly prefix: string;

  constructor(scope: Construct, id: string, { platform }: SliceProps) {
    super(scope, id);
    const { service, settings, table, keys, undelivered } = platform;
    this.topic = new Topic(this, 'Topic', { masterKey: keys.data, enforceSSL: true });
    const stack = Stack.of(this);
    this.prefix = Arn.format({ service: 'sns', resource: `${stack.stackName}-subscription-` }, stack);
    acknowledgeWildcard(
      stack,
      `${this.prefix}*`,
      'topics get their names, which begin so, when an address is subscribed',
    );
    for (const address of settings.noticeEmails) this.topic.addSubscription(new EmailSubscription(address));
    for (const number of settings.noticePhones) this.topic.addSubscription(new SmsSubscription(number));
    const announceJob = new ServiceFunction(this, 'AnnounceJob', {
      service,
      entry: 'training/announce-job',
      environment: { TABLE_NAME: table.allow('GetItem', 'Query'), NOTICE_TOPIC_ARN: this.publish() },
      permissions: [putEvents(this), this.onSubscriptions('Publish')],
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

  /** Lets a function subscribe addresses, each to a topic of its own, and end that. */
  subscribe(): Binding {
    // A topic is deleted with its subscription: sns:Unsubscribe takes no resource, so it would hold for every topic.
    return { value: this.prefix, statements: [this.onSubscriptions('CreateTopic', 'Subscribe', 'DeleteTopic')] };
  }

  private publish(): Binding {
    const { topicArn } = this.topic;
    return binding(topicArn, { actions: ['sns:Publish'], resources: [topicArn] });
  }

  /** Their topics are encrypted with the data key, to which no role needs a right of its own (ADR 11). */
  private onSubscriptions(...actions: readonly ('CreateTopic' | 'Subscribe' | 'DeleteTopic' | 'Publish')[]) {
    return new PolicyStatement({ actions: actions.map((action) => `sns:${action}`), resources: [`${this.prefix}*`] });
  }
}
