import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { CloudWatchLogsEvent, SQSEvent, SQSRecord } from 'aws-lambda';
import type { LedgerRow } from '../../contracts/cases.ts';
import { Model } from '../../contracts/model.ts';
import { LabelMaturity } from '../../contracts/monitoring.ts';
import { monitoring as routes } from '../../contracts/routes/index.ts';
import { openOutcomeStore } from '../../functions/inference/outcomes/outcome-store.ts';
import { openCaseLabelStore } from '../../functions/monitoring/labels/case-label-store.ts';
import { countCaseLabels } from '../../functions/monitoring/labels/count-case-labels.ts';
import { caseRow, cases, type Deployed, startWorld, type World } from '../rollouts/world.ts';
import { callApi } from '../support/call-api.ts';
import { countCalls, eachCrash, type Faults, layFaults } from '../support/faults.ts';

const day = 86_400_000;
const hour = 3_600_000;

let world: World;
let faults: Faults;
let api: Parameters<typeof callApi>[0];
let countPredictions: (event: CloudWatchLogsEvent) => Promise<void>;
let onSegments: (event: SQSEvent) => Promise<{ batchItemFailures: unknown[] }>;
let dependencies: Parameters<typeof countCaseLabels>[0];
let batches = 0;

/** Days are UTC's: it is about noon, whatever the time is, so that none ends meanwhile. */
const setNoon = (): void => {
  const { now } = Date;
  const ahead = Math.floor(now() / day) * day + day / 2 - now();
  jest.spyOn(Date, 'now').mockImplementation(() => now() + ahead);
};

beforeAll(async () => {
  setNoon();
  world = await startWorld();
  faults = layFaults(world.table.client);
  dependencies = { ledger: world.ledger, labels: openCaseLabelStore(world.table) };
  Object.assign(process.env, {
    TABLE_NAME: world.services.tableName,
    BUCKET_NAME: world.services.bucketName,
    EVALUATION_QUEUE_URL: world.services.deadLetterQueueUrl,
  });
  ({ handler: api } = await import('../../functions/monitoring/api.ts'));
  ({ handler: countPredictions } = await import('../../functions/monitoring/count-predictions.ts'));
  ({ handler: onSegments } = await import('../../functions/monitoring/score-performance.ts'));
}, 120_000);
afterAll(async () => {
  await world?.services.dispose();
  jest.restoreAllMocks();
});

const maturityOf = async (model: string): Promise<LabelMaturity> =>
  LabelMaturity.parse((await callApi(api, routes.getLabelMaturity, { path: { model } })).json);

/** Predictions of some time, as the log tells of them. */
const predict = async (model: string, times: readonly number[]): Promise<void> => {
  batches += 1;
  const logEvents = times.map((at, index) => ({
    id: `${batches}-${index}`,
    timestamp: at,
    message: JSON.stringify({ _aws: { Timestamp: at }, tenant: 'acme', model, PredictionLatency: 1, Unserved: 0 }),
  }));
  await countPredictions({ awslogs: { data: gzipSync(JSON.stringify({ logEvents })).toString('base64') } });
};

/** Outcomes of predictions made at the same time, after so many ms each, as far as they have come by now. */
const reward = async (model: string, madeAt: number, delays: readonly number[]): Promise<void> => {
  const outcomes = openOutcomeStore(world.table, Math.random);
  const come = delays.filter((delay) => madeAt + delay <= Date.now());
  for (const [index, delay] of come.entries()) {
    const prediction = { tenant: 'acme', model, nonce: `${madeAt}-${index}`, version: 'v1.0.0', assignedAt: madeAt };
    await outcomes.count(prediction, { reward: 1, positive: true, evidence: 'none' }, madeAt + delay);
  }
};

/** A model that rewards decide, with a window of four hours. */
const registerCalls = async (): Promise<string> => {
  const at = new Date().toISOString();
  const like = await world.models.get('acme', (await world.begin({}, null)).model);
  const policies = { rollout: { evidence: 'randomised' }, outcomes: { windowSeconds: 4 * 3600 } };
  const declared = Model.parse({ ...like, name: 'calls', policies, createdAt: at, updatedAt: at });
  await world.models.save('acme', declared, undefined);
  return declared.name;
};

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
const noonBefore = (days: number): number => Date.parse(dayOf(Date.now() - days * day)) + day / 2;

describe('the maturity of labels', () => {
  it('of an unknown model is answered as one', async () => {
    expect((await callApi(api, routes.getLabelMaturity, { path: { model: 'nothing' } })).status).toBe(404);
  });

  it('of a model that rewards decide is that of its outcomes', async () => {
    const model = await registerCalls();
    for (const days of [10, 9, 8, 1, 0]) {
      const madeAt = days === 0 ? Date.now() : noonBefore(days);
      await predict(model, Array(10).fill(madeAt));
      // Of ten predictions six get an outcome: four after an hour, two after two days.
      await reward(model, madeAt, [hour, hour, hour, hour, 2 * day, 2 * day]);
    }
    const maturity = await maturityOf(model);
    expect(maturity.days.map(({ day: name, labelled }) => [name, labelled])).toEqual([
      [dayOf(noonBefore(10)), 6],
      [dayOf(noonBefore(9)), 6],
      [dayOf(noonBefore(8)), 6],
      [dayOf(noonBefore(1)), 4],
      [dayOf(noonBefore(0)), 0],
    ]);
    expect(maturity.days[0]).toMatchObject({ predictions: 10, share: 0.6, expectedShare: expect.closeTo(0.6, 2) });
    expect(maturity.days[3]?.share).toBeCloseTo(0.4, 6);
    expect(maturity.days[3]?.expectedShare).toBeGreaterThan(0.5);
    const shareAt = (seconds: number) => maturity.delays.find((point) => point.seconds === seconds)?.share;
    // Three days with 4 of 6 after an hour; yesterday's four tell that an hour is usual, not that all come so soon.
    expect(shareAt(3600)).toBeCloseTo(4 / 6, 6);
    expect(shareAt(2 * 86_400)).toBe(1);
    expect(maturity.medianSeconds).toBeLessThanOrEqual(3600);
    expect(maturity.windowCovers).toBeCloseTo(4 / 6, 6);
    expect(maturity.warnings).toEqual([expect.stringContaining('covers 66.7% of labels')]);
    expect(maturity.verdict).toBeUndefined();
  });

  it('learns within minutes from what was predicted today', async () => {
    const { model } = await world.begin({ evidence: 'randomised' }, null);
    await reward(model, Date.now() - 10 * 60_000, [20_000, 25_000, 100_000]);
    const { delays } = await maturityOf(model);
    expect(delays.filter(({ seconds }) => seconds === 30 || seconds === 120)).toEqual([
      { seconds: 30, share: expect.closeTo(2 / 3, 6) },
      { seconds: 120, share: 1 },
    ]);
  });
});

describe('validated cases as labels', () => {
  const answering = (number: number, receivedAt: number, madeAt?: number): LedgerRow => ({
    ...caseRow(number),
    receivedAt: new Date(receivedAt).toISOString(),
    ...(madeAt === undefined ? {} : { prediction: { nonce: `n${number}`, at: new Date(madeAt).toISOString() } }),
  });
  const count = ({ tenant, model }: Deployed) => countCaseLabels(dependencies, tenant, model);
  const labelled = async ({ model }: Deployed) =>
    (await maturityOf(model)).days.reduce((sum, { labelled: some }) => sum + some, 0);

  it('are those of the predictions that they name, and else of the day on which they came', async () => {
    const deployed = await world.begin({}, null);
    const { tenant, model } = deployed;
    await predict(model, [noonBefore(5), noonBefore(5), noonBefore(5), noonBefore(4)]);
    await deployed.seal([
      answering(1, noonBefore(3), noonBefore(5)),
      answering(2, noonBefore(5) + 2 * hour, noonBefore(5)),
      answering(3, noonBefore(4)),
    ]);
    const messages = [{ messageId: '1', body: JSON.stringify({ detail: { tenant, model, sequence: 1 } }) }];
    expect((await onSegments({ Records: messages as SQSRecord[] })).batchItemFailures).toEqual([]);
    const maturity = await maturityOf(model);
    expect(maturity.days).toMatchObject([
      { day: dayOf(noonBefore(5)), predictions: 3, labelled: 2 },
      { day: dayOf(noonBefore(4)), predictions: 1, labelled: 1 },
    ]);
    expect(maturity.delays.find(({ seconds }) => seconds === 4 * 3600)?.share).toBeCloseTo(0.5, 6);
    expect(maturity.warnings).toEqual([expect.stringContaining('1 cases name no predictionId')]);
  });

  it('are counted once, however many count at the same time', async () => {
    const deployed = await world.begin({}, null);
    await deployed.seal(Array.from({ length: 60 }, (_, index) => answering(index, noonBefore(1), noonBefore(2))));
    await Promise.all(Array.from({ length: 4 }, () => count(deployed)));
    expect(await count(deployed)).toBe(true);
    expect(await labelled(deployed)).toBe(60);
  });

  it('are not counted by who read the cursor before another moved on', async () => {
    const { tenant, model } = await world.begin({}, null);
    const { labels } = dependencies;
    const tally = { unattributed: new Map([['2026-03-01', 1]]), days: new Map(), minutes: new Map(), rows: 1 };
    const add = (from: number, to: number) =>
      labels.add(tenant, model, { from: { segment: 0, rows: from }, to: { segment: 0, rows: to } }, tally);
    expect([await add(0, 5), await add(0, 5)]).toEqual([true, false]);
    expect([await add(5, 9), await add(5, 9)]).toEqual([true, false]);
    expect(await labels.cursor(tenant, model)).toEqual({ segment: 0, rows: 9 });
    expect(await labels.days(tenant, model, '2026-01-01')).toMatchObject([{ unattributed: 2 }]);
  });

  it('of more minutes than one transaction holds are all counted', async () => {
    const deployed = await world.begin({}, null);
    const made = Date.now() - 20 * hour;
    await deployed.seal(
      Array.from({ length: 130 }, (_, index) => answering(index, Date.now() - hour, made + index * 60_000)),
    );
    expect(await count(deployed)).toBe(true);
    expect(await labelled(deployed)).toBe(130);
    await deployed.seal([answering(131, Date.now(), made)]);
    expect(await count(deployed)).toBe(true);
    expect(await labelled(deployed)).toBe(131);
  });

  it('are counted once after a crash before or after any call of the table', async () => {
    const begin = async (): Promise<Deployed> => {
      const deployed = await world.begin({}, null);
      await deployed.seal([answering(1, noonBefore(1), noonBefore(2)), answering(2, noonBefore(1))]);
      return deployed;
    };
    const whole = await begin();
    const calls = await countCalls(faults, () => count(whole));
    await eachCrash(faults, calls, async (crash) => {
      const deployed = await begin();
      await crash(() => count(deployed));
      await count(deployed);
      expect(await labelled(deployed)).toBe(2);
    });
  });
});

describe('the verdict of a rollout that runs', () => {
  it('is expected by its pairs so far and by what the planner finds to be needed', async () => {
    const deployed = await world.begin();
    const rollout = await deployed.deploy(await deployed.version(1, 'worse'));
    await deployed.seal(cases(40));
    const { verdict } = await maturityOf(deployed.model);
    expect(verdict).toMatchObject({ rollout: rollout.id, samples: 0, samplesPerDay: expect.any(Number) });
  });
});
