import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { objectKeys } from '../../contracts/keys.ts';
import { routeEntity } from '../../functions/inference/index.ts';
import { openTable } from '../../functions/platform/table.ts';
import { RolloutRecord } from '../../functions/rollouts/domain/record.ts';
import { rolloutEntity, rolloutItem } from '../../functions/rollouts/store/entities.ts';
import { s3ClientOptions } from '../../local/aws-clients.ts';
import { graphOf, holdoutOf, inputOf, schemaOf, servableOf } from '../inference/fixtures.ts';
import { call, eventually, startTestCloud, type TestCloud } from './world.ts';

const model = 'calls';
const rollout = `rol_${'0'.repeat(26)}`;
const policies = { rollout: { evidence: 'randomised' }, outcomes: { windowSeconds: 3600 } };

let cloud: TestCloud;
let app: string | undefined;
let operator: string | undefined;

/** A rollout as the machine leaves it in a stage, so that no training has to come first. */
const putRollout = async (): Promise<void> => {
  const { emulatorUrl, outputs } = cloud;
  Object.assign(process.env, {
    ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    AWS_ENDPOINT_URL: emulatorUrl,
  });
  const table = openTable(outputs.TableName ?? '');
  const [champion, challenger] = [servableOf('logistic'), servableOf('worse', 'v1.1.0')];
  for (const name of ['logistic', 'worse'] as const) {
    const Key = objectKeys.artifact('acme', servableOf(name).digest);
    const object = { Bucket: outputs.DataBucketName, Key, Body: graphOf(name) };
    await new S3Client({ ...s3ClientOptions(cloud), forcePathStyle: true }).send(new PutObjectCommand(object));
  }
  const at = new Date().toISOString();
  const declared = (await call(cloud, operator, 'GET', `/models/${model}`)).body;
  const record = RolloutRecord.parse({
    ...{ id: rollout, kind: 'manual', status: 'running', version: 'v1.1.0', challenger, base: champion },
    ...{ reason: 'test', actor: 'test', policy: declared.policies.rollout, outcomes: declared.policies.outcomes },
    ...{ startedAt: at, stages: [], pairs: 0, failures: 0, attempt: 1, open: false, revision: 1 },
  });
  await rolloutEntity(table)
    .put(rolloutItem('acme', model, record))
    .go();
  await routeEntity(table)
    .put({
      ...{ tenant: 'acme', model, champion, challenger, weight: 5000, rollout, stage: 'canary-50' },
      ...{ salt: 'salt', revision: 1, previous: [], updatedAt: at },
    })
    .go();
};

beforeAll(async () => {
  cloud = await startTestCloud();
  ({ app, operator } = cloud.tenants.acme ?? {});
  const declaration = { task: 'tabular-classification', schema: schemaOf('logistic'), policies };
  await call(cloud, operator, 'PUT', `/models/${model}`, declaration);
  await putRollout();
}, 600_000);
afterAll(() => cloud?.dispose(), 120_000);

describe('predictions and their outcomes', () => {
  const input = inputOf('logistic', holdoutOf('logistic')[0] as ReturnType<typeof holdoutOf>[0]);
  const maturity = () => call(cloud, operator, 'GET', `/models/${model}/label-maturity`);

  it('are counted through the log, attributed and summed up, each function with its own role', async () => {
    const count = 40;
    const answers = [];
    for (let index = 0; index < count; index += 1) {
      answers.push(await call(cloud, app, 'POST', `/models/${model}/predictions`, { input }));
    }
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));

    const report = (predictionId: string, change: object = {}) =>
      call(cloud, app, 'POST', `/models/${model}/outcomes`, { predictionId, reward: 1, ...change });
    const ids: string[] = answers.slice(0, 10).map(({ body }) => body.predictionId);
    const outcomes = await Promise.all(ids.map((id) => report(id)));
    expect(outcomes.map(({ body }) => [body.counted, body.evidence])).toEqual(ids.map(() => [true, 'counts']));
    expect((await report(ids[0] ?? '', { reward: 0 })).status).toBe(409);
    expect((await report(ids[0] ?? '', { reward: 0, correction: true })).body).toMatchObject({ corrected: true });

    const { body } = await call(cloud, operator, 'GET', `/models/${model}/performance`);
    const sums = body.versions.map(({ outcomes: { count: some, meanReward } }: { outcomes: Sums }) => ({
      some,
      rewards: some * (meanReward ?? 0),
    }));
    expect(sums.reduce((sum: number, { some }: { some: number }) => sum + some, 0)).toBe(10);
    expect(sums.reduce((sum: number, { rewards }: { rewards: number }) => sum + rewards, 0)).toBeCloseTo(9, 9);

    // Two days, where one ends meanwhile.
    const total = (days: readonly Day[], member: 'predictions' | 'labelled') =>
      days.reduce((sum, day) => sum + day[member], 0);
    const counted = await eventually(maturity, ({ body: { days } }) => total(days, 'predictions') === count);
    const { days }: { days: Day[] } = counted.body;
    expect(total(days, 'labelled')).toBe(10);
    for (const { predictions, labelled, share } of days) expect(share).toBeCloseTo(labelled / predictions, 6);
    expect(counted.body.verdict).toMatchObject({ rollout, samples: 0 });
  }, 600_000);
});

interface Day {
  readonly predictions: number;
  readonly labelled: number;
  readonly share: number;
}

interface Sums {
  readonly count: number;
  readonly meanReward: number | null;
}
