import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CloudWatchLogsEvent } from 'aws-lambda';
import { openPredictionCounts, type PredictionCounts } from '../../functions/inference/index.ts';
import { openTable } from '../../functions/platform/table.ts';
import { startTestServices, type TestServices } from '../support/services.ts';

const midnight = Date.parse('2026-03-02T00:00:00.000Z');
const rollout = 'rol_1';

let services: TestServices;
let counts: PredictionCounts;
let handle: (event: CloudWatchLogsEvent) => Promise<void>;
let models = 0;
let lines = 0;

beforeAll(async () => {
  services = await startTestServices();
  process.env.TABLE_NAME = services.tableName;
  counts = openPredictionCounts(openTable(services.tableName));
  ({ handler: handle } = await import('../../functions/monitoring/count-predictions.ts'));
}, 120_000);
afterAll(() => services?.dispose());

const newModel = (): string => {
  models += 1;
  return `model-${models}`;
};

const line = (model: string, at: number, members: object = {}): string =>
  JSON.stringify({
    ...{ _aws: { Timestamp: at }, tenant: 'acme', model, version: 'v1.0.0', PredictionLatency: 0.1, Unserved: 0 },
    ...members,
  });
const assigned = (model: string, at: number, arm: string, stage = 'canary'): string =>
  line(model, at, { arm, rollout, stage });

/** A batch as CloudWatch Logs hands it over. */
const batchOf = (messages: readonly string[]): CloudWatchLogsEvent => {
  const logEvents = messages.map((message) => {
    lines += 1;
    return { id: `event-${lines}`, timestamp: 0, message };
  });
  const data = { messageType: 'DATA_MESSAGE', owner: '', logGroup: 'predict', logStream: 's', logEvents };
  return { awslogs: { data: gzipSync(JSON.stringify(data)).toString('base64') } };
};
const armsBefore = (model: string, before: number, of = { tenant: 'acme', rollout }) =>
  counts.assigned(of.tenant, model, of.rollout, { from: 0, before });
const days = (model: string) => counts.days('acme', model, '2026-01-01');

describe('predictions', () => {
  it('are counted by day across midnight, among lines of other kinds', async () => {
    const model = newModel();
    await handle(
      batchOf([
        'START RequestId: 4711',
        line(model, midnight - 1),
        line(model, midnight),
        line(model, midnight + 5, { Unserved: 1 }),
        line(model, midnight + 9),
        'END RequestId: 4711',
      ]),
    );
    expect(await days(model)).toEqual([
      { day: '2026-03-01', predictions: 1 },
      { day: '2026-03-02', predictions: 2 },
    ]);
  });

  it('of a batch that is delivered again, or many times at once, are counted once', async () => {
    const model = newModel();
    const batch = batchOf([assigned(model, midnight, 'champion'), assigned(model, midnight, 'challenger')]);
    await Promise.all(Array.from({ length: 6 }, () => handle(batch)));
    await handle(batch);
    expect(await days(model)).toEqual([{ day: '2026-03-02', predictions: 2 }]);
    expect(await armsBefore(model, midnight + 60_000)).toEqual([{ stage: 'canary', champion: 1, challenger: 1 }]);
  });

  it('of batches with the same lines, which are other predictions, all count', async () => {
    const model = newModel();
    await Promise.all(Array.from({ length: 20 }, () => handle(batchOf([line(model, midnight)]))));
    expect(await days(model)).toEqual([{ day: '2026-03-02', predictions: 20 }]);
  });

  it('of more minutes than one transaction holds are all counted, and once', async () => {
    const model = newModel();
    const minutes = 250;
    const batch = batchOf(
      Array.from({ length: minutes }, (_, index) => assigned(model, midnight + index * 60_000, 'champion')),
    );
    await handle(batch);
    await handle(batch);
    expect(await armsBefore(model, midnight + 1e9)).toEqual([{ stage: 'canary', champion: minutes, challenger: 0 }]);
    expect(await days(model)).toEqual([{ day: '2026-03-02', predictions: minutes }]);
  });

  it('of one model are not in the way of those of another', async () => {
    const [one, other] = [newModel(), newModel()];
    await handle(batchOf([line(one, midnight), line(other, midnight), line(other, midnight)]));
    expect([await days(one), await days(other)]).toMatchObject([[{ predictions: 1 }], [{ predictions: 2 }]]);
  });
});

describe('assignments', () => {
  it('are read minute by minute, each in one span and none twice', async () => {
    const model = newModel();
    await handle(
      batchOf([
        assigned(model, midnight, 'champion'),
        assigned(model, midnight + 59_999, 'challenger'),
        assigned(model, midnight + 60_000, 'challenger', 'wide'),
        assigned(model, midnight + 120_000, 'champion', 'wide'),
      ]),
    );
    const first = await counts.assigned('acme', model, rollout, { from: 0, before: midnight + 90_000 });
    expect(first).toEqual([{ stage: 'canary', champion: 1, challenger: 1 }]);
    const rest = { from: midnight + 90_000, before: midnight + 180_001 };
    expect(await counts.assigned('acme', model, rollout, rest)).toEqual([
      { stage: 'wide', champion: 1, challenger: 1 },
    ]);
  });

  it('of another rollout or another tenant are not among them', async () => {
    const model = newModel();
    await handle(batchOf([assigned(model, midnight, 'champion')]));
    const after = midnight + 60_000;
    expect(await armsBefore(model, after)).toHaveLength(1);
    expect(await armsBefore(model, after, { tenant: 'acme', rollout: 'rol_2' })).toEqual([]);
    expect(await armsBefore(model, after, { tenant: 'globex', rollout })).toEqual([]);
    expect(await armsBefore(model, after - 1)).toEqual([]);
  });
});
