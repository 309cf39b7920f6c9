import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { storingSeconds } from '../../contracts/outcome-timing.ts';
import { plain } from '../platform/binding.ts';
import type { SliceProps } from '../platform/platform.ts';
import { ServiceFunction } from '../platform/service-function.ts';

/** Predictions, what explains them, and the outcomes that come back for them. */
export class Inference extends Construct {
  readonly api: ServiceFunction<'inference/api'>;
  readonly predict: ServiceFunction<'inference/predict'>;
  readonly explain: ServiceFunction<'inference/explain'>;

  constructor(scope: Construct, id: string, { platform: { service, table, buckets, keys } }: SliceProps) {
    super(scope, id);
    this.api = new ServiceFunction(this, 'Api', {
      service,
      entry: 'inference/api',
      environment: {
        TABLE_NAME: table.allow('GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query'),
        HMAC_KEY_ID: keys.derive(),
      },
      // An outcome that is in time has to be stored before the judge takes its prediction for settled.
      timeout: Duration.seconds(storingSeconds),
    });
    this.predict = new ServiceFunction(this, 'Predict', {
      service,
      entry: 'inference/predict',
      environment: {
        TABLE_NAME: table.allow('BatchGetItem', 'Query'),
        BUCKET_NAME: buckets.allow({ read: ['artifacts'] }),
        HMAC_KEY_ID: keys.derive(),
        ROUTE_TTL_MS: plain('2000'),
      },
    });
    this.explain = new ServiceFunction(this, 'Explain', {
      service,
      entry: 'inference/explain',
      environment: {
        TABLE_NAME: table.allow('GetItem'),
        BUCKET_NAME: buckets.allow({ read: ['artifacts', 'sidecars'] }),
      },
      // A whole processor: an explanation asks the version some thousand times.
      memoryMegabytes: 1769,
    });
  }
}
