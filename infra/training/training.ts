import { Duration } from 'aws-cdk-lib';
import { Schedule as At, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { driftFound, driftSource, jobStateChange } from '../../contracts/events.ts';
import type { Cases } from '../cases/cases.ts';
import type { Models } from '../models/models.ts';
import { plain } from '../platform/binding.ts';
import { consumeQueue } from '../platform/event-sources.ts';
import type { SliceProps } from '../platform/platform.ts';
import { Schedule } from '../platform/schedule.ts';
import { SegmentQueue } from '../platform/segment-queue.ts';
import { ServiceFunction } from '../platform/service-function.ts';
import { Workflow } from '../platform/workflow.ts';
import type { Rollouts } from '../rollouts/rollouts.ts';
import { Notices } from './notices.ts';
import { TrainingService } from './training-service.ts';

export interface TrainingProps extends SliceProps {
  readonly cases: Cases;
  readonly models: Models;
  readonly rollouts: Rollouts;
}

/** What starts a training, the machine that carries it out, and what looks after it. */
export class Training extends Construct {
  readonly api: ServiceFunction<'training/api'>;
  readonly retrain: Workflow;
  readonly trainer: TrainingService;
  readonly segments: SegmentQueue;
  readonly notices: Notices;

  constructor(scope: Construct, id: string, props: TrainingProps) {
    super(scope, id);
    const { platform, cases } = props;
    this.trainer = new TrainingService(this, 'Service', { platform });
    this.segments = new SegmentQueue(this, 'Segments', {
      encryptionKey: platform.keys.data,
      listener: 'the count of new cases that starts a training',
      visibilityTimeout: Duration.minutes(3),
    });
    this.notices = new Notices(this, 'Notices', { platform });
    this.retrain = this.retrainMachine(props);
    const { service, table } = platform;
    this.api = new ServiceFunction(this, 'Api', {
      service,
      entry: 'training/api',
      environment: {
        TABLE_NAME: table.allow('GetItem', 'Query', 'QueryIndex', 'PutItem', 'UpdateItem', 'DeleteItem'),
        RETRAIN_MACHINE_ARN: this.retrain.allow('StartExecution', 'StopExecution'),
        COLLECT_QUEUE_URL: cases.collectQueue.send(),
        TRAINING_LOG_GROUP: this.trainer.readLogs(),
        NOTICE_TOPIC_PREFIX: this.notices.subscribe(),
        DATA_KEY_ARN: plain(platform.keys.data.keyArn),
      },
      permissions: [this.trainer.jobs('StopTrainingJob'), sendTask('SendTaskFailure')],
    });
    this.countTrigger(props);
    this.scheduledTriggers(props);
    this.jobStates(props);
  }

  /** What every function needs that gives queued jobs to the training service. */
  private runs({ table }: TrainingProps['platform']) {
    return {
      environment: {
        TABLE_NAME: table.allow('GetItem', 'Query', 'QueryIndex', 'PutItem', 'UpdateItem'),
        ...this.trainer.dispatch(),
      },
      permissions: [
        this.trainer.jobs('CreateTrainingJob', 'AddTags', 'DescribeTrainingJob', 'StopTrainingJob'),
        sendTask('SendTaskSuccess', 'SendTaskFailure'),
      ],
      timeout: Duration.minutes(1),
    };
  }

  private retrainMachine({ platform, cases, models, rollouts }: TrainingProps): Workflow {
    const { service, table } = platform;
    const submitJob = new ServiceFunction(this, 'SubmitJob', {
      service,
      entry: 'training/submit-job',
      ...this.runs(platform),
    });
    const endJob = new ServiceFunction(this, 'EndJob', {
      service,
      entry: 'training/end-job',
      environment: {
        TABLE_NAME: table.allow('GetItem', 'Query', 'PutItem'),
        // Cases that came in during the training may be enough for the next one.
        TRIGGER_QUEUE_URL: this.segments.send(),
      },
    });
    return new Workflow(this, 'Retrain', {
      service,
      file: 'training/retrain.asl.json',
      placeholders: {
        SnapshotDatasetArn: cases.snapshotDataset.invoke(),
        SubmitJobArn: submitJob.invoke(),
        GateVersionArn: models.gateVersion.invoke(),
        RegisterVersionArn: models.registerVersion.invoke(),
        StartRolloutArn: rollouts.startRollout.invoke(),
        EndJobArn: endJob.invoke(),
      },
    });
  }

  private countTrigger({ platform: { service, table } }: TrainingProps): void {
    const onSegmentSealed = new ServiceFunction(this, 'OnSegmentSealed', {
      service,
      entry: 'training/on-segment-sealed',
      environment: {
        TABLE_NAME: table.allow('GetItem', 'Query', 'PutItem', 'UpdateItem'),
        RETRAIN_MACHINE_ARN: this.retrain.allow('StartExecution'),
        TRIGGER_QUEUE_URL: this.segments.send(),
      },
    });
    consumeQueue(onSegmentSealed, this.segments, { batchSize: 10 });
  }

  private scheduledTriggers({ platform: { service, table, undelivered } }: TrainingProps): void {
    const checkTriggers = new ServiceFunction(this, 'CheckTriggers', {
      service,
      entry: 'training/check-triggers',
      environment: {
        TABLE_NAME: table.allow('GetItem', 'Query', 'PutItem', 'UpdateItem'),
        RETRAIN_MACHINE_ARN: this.retrain.allow('StartExecution'),
      },
      timeout: Duration.minutes(5),
      deadLetters: undelivered,
    });
    const onDriftFound = new ServiceFunction(this, 'OnDriftFound', {
      service,
      entry: 'training/on-drift-found',
      environment: {
        TABLE_NAME: table.allow('GetItem', 'Query', 'PutItem', 'UpdateItem'),
        RETRAIN_MACHINE_ARN: this.retrain.allow('StartExecution'),
      },
      deadLetters: undelivered,
    });
    new Rule(this, 'Drift', {
      description: 'Drift that the monitoring found, which may start a training',
      eventPattern: { source: [driftSource], detailType: [driftFound] },
      targets: [
        new LambdaFunction(onDriftFound.function, {
          deadLetterQueue: undelivered.queue,
          maxEventAge: Duration.hours(2),
          retryAttempts: 5,
        }),
      ],
    });
    new Schedule(this, 'Daily', {
      description: 'Starts trainings that are due by days or by new cases, every day',
      at: At.cron({ hour: '3', minute: '0' }),
      target: checkTriggers,
      deadLetters: undelivered,
      input: { check: 'daily' },
    });
    new Schedule(this, 'Weekly', {
      description: 'Starts the weekly trainings, on Sunday at 02:00 UTC',
      at: At.cron({ weekDay: 'SUN', hour: '2', minute: '0' }),
      target: checkTriggers,
      deadLetters: undelivered,
      input: { check: 'weekly' },
    });
  }

  /** How the end of a training job comes back: by its event, or by asking where the event was lost. */
  private jobStates({ platform }: TrainingProps): void {
    const { service, settings, undelivered } = platform;
    const runs = this.runs(platform);
    const onJobState = new ServiceFunction(this, 'OnJobState', {
      service,
      entry: 'training/on-job-state',
      ...runs,
      deadLetters: undelivered,
    });
    const { jobStateEventSource } = settings;
    new Rule(this, 'JobStates', {
      description: 'Training jobs that changed their state',
      eventPattern: {
        source: ['aws.sagemaker', ...(jobStateEventSource === undefined ? [] : [jobStateEventSource])],
        detailType: [jobStateChange],
        detail: { TrainingJobName: [{ prefix: 'relearn-' }] },
      },
      targets: [
        new LambdaFunction(onJobState.function, {
          deadLetterQueue: undelivered.queue,
          maxEventAge: Duration.hours(2),
          retryAttempts: 5,
        }),
      ],
    });
    new Schedule(this, 'Reconciliation', {
      description: 'Finds training jobs whose event or execution was lost, and starts those that wait, every minute',
      at: At.rate(Duration.minutes(1)),
      target: new ServiceFunction(this, 'ReconcileJobs', {
        service,
        entry: 'training/reconcile-jobs',
        ...runs,
        environment: {
          ...runs.environment,
          RETRAIN_MACHINE_ARN: this.retrain.allow('StartExecution', 'StopExecution', 'DescribeExecution'),
        },
        deadLetters: undelivered,
      }),
      deadLetters: undelivered,
    });
  }
}

/** Step Functions authorises the answer to a waiting task on no resource: the token itself is the secret. */
const sendTask = (...actions: readonly ('SendTaskSuccess' | 'SendTaskFailure')[]): PolicyStatement =>
  new PolicyStatement({ actions: actions.map((action) => `states:${action}`), resources: ['*'] });
