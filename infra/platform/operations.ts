import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  Metric,
  SingleValueWidget,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { MetricName, namespace } from '../../contracts/telemetry.ts';
import { AlarmTopic } from './alarm-topic.ts';
import type { Api } from './api.ts';
import type { DeadLetters } from './queues.ts';
import type { ServiceFunction } from './service-function.ts';
import type { Workflow } from './workflow.ts';

export interface OperationsProps {
  readonly encryptionKey: IKey;
  readonly api: Api;
  readonly predict: ServiceFunction;
  readonly machines: Readonly<Record<string, Workflow>>;
  readonly deadLetters: Readonly<Record<string, DeadLetters>>;
}

/**
 * What wakes somebody up, and what they look at then. Ten alarms are free of charge, and these are ten:
 * one for each place where work may be lost, and one for each machine, the API and its hot path.
 */
export class Operations extends Construct {
  /** Subscribe to it to be told. */
  readonly topic: AlarmTopic;
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, props: OperationsProps) {
    super(scope, id);
    this.topic = new AlarmTopic(this, 'Topic', { encryptionKey: props.encryptionKey });
    for (const [name, { queue }] of Object.entries(props.deadLetters)) {
      this.alarm(
        `${name}DeadLetters`,
        `Messages that nothing could handle wait in ${name}: read them, mend the cause, then redrive`,
        {
          metric: queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: 'Maximum' }),
          threshold: 1,
        },
      );
    }
    for (const [name, { machine }] of Object.entries(props.machines)) {
      this.alarm(`${name}Failed`, `Executions of ${name} failed and were not caught`, {
        metric: machine.metricFailed({ period: Duration.minutes(5) }),
        threshold: 1,
      });
    }
    this.alarm('ApiFaults', 'The API answered 5xx five times in five minutes', {
      metric: props.api.api.metricServerError({ period: Duration.minutes(5), statistic: 'Sum' }),
      threshold: 5,
    });
    this.alarm('PredictErrors', 'The predict function failed without answering', {
      metric: props.predict.function.metricErrors({ period: Duration.minutes(5) }),
      threshold: 1,
    });
    this.dashboard = this.drawDashboard(props);
  }

  private alarm(
    name: string,
    description: string,
    { metric, threshold }: { metric: IMetric; threshold: number },
  ): void {
    new Alarm(this, name, {
      alarmDescription: description,
      metric,
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new SnsAction(this.topic.topic));
  }

  private drawDashboard({ api, predict, machines, deadLetters }: OperationsProps): Dashboard {
    const ours = (metricName: string, statistic: string): IMetric => new Metric({ namespace, metricName, statistic });
    const widgets = [
      new GraphWidget({
        title: 'Requests and faults',
        left: [api.api.metricCount(), api.api.metricClientError(), api.api.metricServerError()],
      }),
      new GraphWidget({
        title: 'Predictions, ms',
        left: [ours(MetricName.PredictionLatency, 'p50'), ours(MetricName.PredictionLatency, 'p99')],
        right: [predict.function.metricErrors()],
      }),
      new GraphWidget({
        title: 'Predictions that fell back, and that nothing could answer; share',
        left: [ours(MetricName.Fallback, 'Average'), ours(MetricName.Unserved, 'Average')],
      }),
      new GraphWidget({
        title: 'Executions',
        left: Object.values(machines).flatMap(({ machine }) => [machine.metricSucceeded(), machine.metricFailed()]),
      }),
      new SingleValueWidget({
        title: 'Dead letters',
        metrics: Object.values(deadLetters).map(({ queue }) => queue.metricApproximateNumberOfMessagesVisible()),
      }),
    ];
    return new Dashboard(this, 'Dashboard', { widgets: [widgets.slice(0, 3), widgets.slice(3)] });
  }
}
