import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { SliceProps } from '../platform/platform.ts';
import { ServiceFunction } from '../platform/service-function.ts';

/** Registry of models and versions, and the gate that a version has to pass. */
export class Models extends Construct {
  readonly api: ServiceFunction<'models/api'>;
  readonly gateVersion: ServiceFunction<'models/gate-version'>;
  readonly registerVersion: ServiceFunction<'models/register-version'>;

  constructor(scope: Construct, id: string, { platform }: SliceProps) {
    super(scope, id);
    const { service, table, buckets } = platform;
    this.api = new ServiceFunction(this, 'Api', {
      service,
      entry: 'models/api',
      environment: {
        TABLE_NAME: table.allow('GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'),
      },
    });
    this.gateVersion = new ServiceFunction(this, 'GateVersion', {
      service,
      entry: 'models/gate-version',
      environment: {
        TABLE_NAME: table.allow('GetItem'),
        BUCKET_NAME: buckets.allow({
          read: ['datasets', 'trainingOutput', 'artifacts'],
          write: ['artifacts', 'holdoutPredictions', 'sidecars'],
        }),
      },
      // A whole processor: the gate measures how long a prediction takes.
      memoryMegabytes: 1769,
      timeout: Duration.minutes(5),
    });
    this.registerVersion = new ServiceFunction(this, 'RegisterVersion', {
      service,
      entry: 'models/register-version',
      environment: { TABLE_NAME: table.allow('GetItem', 'Query', 'PutItem') },
    });
  }
}
