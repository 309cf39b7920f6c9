import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { Schedule as At } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from '../platform/acknowledgements.ts';
import { AlarmTopic } from '../platform/alarm-topic.ts';
import { plain } from '../platform/binding.ts';
import type { SliceProps } from '../platform/platform.ts';
import { Schedule } from '../platform/schedule.ts';
import { ServiceFunction } from '../platform/service-function.ts';
import { Workflow } from '../platform/workflow.ts';

/** The way of a challenger to the champion's place, or back. */
export class Rollouts extends Construct {
  readonly api: ServiceFunction<'rollouts/api'>;
  readonly startRollout: ServiceFunction<'rollouts/start-rollout'>;
  readonly machine: Workflow;
  /** The alarms of running rollouts. */
  readonly alarms: AlarmTopic;

  constructor(scope: Construct, id: string, { platform }: SliceProps) {
    super(scope, id);
    const { service, table, buckets, keys, undelivered } = platform;
    this.alarms = new AlarmTopic(this, 'Alarms', { encryptionKey: keys.data });
    this.machine = this.rolloutMachine({ platform });
    this.api = new ServiceFunction(this, 'Api', {
      service,
      entry: 'rollouts/api',
      environment: {
        TABLE_NAME: table.allow('GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'),
        BUCKET_NAME: buckets.allow({ read: ['artifacts'] }),
        ROLLOUT_MACHINE_ARN: this.machine.allow('StartExecution'),
      },
      // A plan simulates for more than a second of a whole processor.
      memoryMegabytes: 1769,
    });
    this.startRollout = new ServiceFunction(this, 'StartRollout', {
      service,
      entry: 'rollouts/start-rollout',
      environment: {
        TABLE_NAME: table.allow('GetItem', 'Query', 'PutItem', 'UpdateItem'),
        BUCKET_NAME: buckets.allow({ read: ['artifacts'] }),
        ROLLOUT_MACHINE_ARN: this.machine.allow('StartExecution'),
      },
    });
    const onAlarm = new ServiceFunction(this, 'OnAlarm', {
      service,
      entry: 'rollouts/on-alarm',
      environment: { TABLE_NAME: table.allow('GetItem', 'Query', 'PutItem', 'UpdateItem') },
      deadLetters: undelivered,
    });
    this.alarms.topic.addSubscription(new LambdaSubscription(onAlarm.function, { deadLetterQueue: undelivered.queue }));
    new Schedule(this, 'Reconciliation', {
      description: 'Finds rollouts whose execution is gone, every minute',
      at: At.rate(Duration.minutes(1)),
      target: new ServiceFunction(this, 'ReconcileRollouts', {
        service,
        entry: 'rollouts/reconcile-rollouts',
        environment: {
          TABLE_NAME: table.allow('GetItem', 'QueryIndex', 'PutItem'),
          ROLLOUT_MACHINE_ARN: this.machine.allow('StartExecution', 'DescribeExecution'),
        },
        timeout: Duration.minutes(1),
        deadLetters: undelivered,
      }),
      deadLetters: undelivered,
    });
    new Schedule(this, 'Drills', {
      description: 'Rehearses the rollback of the models whose policy asks for it',
      at: At.cron({ minute: '0', hour: '4' }),
      target: new ServiceFunction(this, 'BeginDrills', {
        service,
        entry: 'rollouts/begin-drills',
        environment: {
          TABLE_NAME: table.allow('GetItem', 'Query', 'PutItem'),
          BUCKET_NAME: buckets.allow({ read: ['artifacts'] }),
          ROLLOUT_MACHINE_ARN: this.machine.allow('StartExecution'),
        },
        timeout: Duration.minutes(5),
        deadLetters: undelivered,
      }),
      deadLetters: undelivered,
    });
  }

  private rolloutMachine({ platform: { service, table, buckets } }: SliceProps): Workflow {
    const beginRollout = new ServiceFunction(this, 'BeginRollout', {
      service,
      entry: 'rollouts/begin-rollout',
      environment: { TABLE_NAME: table.allow('GetItem') },
    });
    const judgeRollout = new ServiceFunction(this, 'JudgeRollout', {
      service,
      entry: 'rollouts/judge-rollout',
      environment: {
        TABLE_NAME: table.allow('GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'ConditionCheckItem'),
        BUCKET_NAME: buckets.allow({ read: ['ledger', 'artifacts', 'holdoutPredictions'] }),
      },
      permissions: [describeAlarms],
      memoryMegabytes: 1769,
      timeout: Duration.minutes(5),
    });
    const endRollout = new ServiceFunction(this, 'EndRollout', {
      service,
      entry: 'rollouts/end-rollout',
      environment: { TABLE_NAME: table.allow('GetItem', 'Query', 'PutItem', 'UpdateItem') },
    });
    return new Workflow(this, 'Rollout', {
      service,
      file: 'rollouts/rollout.asl.json',
      placeholders: {
        BeginRolloutArn: beginRollout.invoke(),
        JudgeRolloutArn: judgeRollout.invoke(),
        EndRolloutArn: endRollout.invoke(),
        AlarmTopicArn: plain(this.alarms.topic.topicArn),
      },
      permissions: [this.ownAlarms(), putCompositeAlarms],
    });
  }

  /** The machine makes and deletes the alarms of its rollout; their names begin with what contracts/telemetry.ts says. */
  private ownAlarms(): PolicyStatement {
    const alarms = Stack.of(this).formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: 'relearn-rol_*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    acknowledgeWildcard(this, alarms, 'alarms get their names, which begin with their rollout, when it begins');
    return new PolicyStatement({
      actions: ['cloudwatch:PutMetricAlarm', 'cloudwatch:DeleteAlarms'],
      resources: [alarms],
    });
  }
}

/** CloudWatch authorises both on all alarms or not at all, because a composite alarm may name any of them. */
const describeAlarms = new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] });
const putCompositeAlarms = new PolicyStatement({ actions: ['cloudwatch:PutCompositeAlarm'], resources: ['*'] });
