import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { dayMilliseconds } from '../../contracts/durations.ts';
import { dayOf } from '../../contracts/label-delays.ts';
import { Performance } from '../../contracts/monitoring.ts';
import { monitoring as routes } from '../../contracts/routes/index.ts';
import { openRouteReader } from '../../functions/inference/index.ts';
import { openOutcomeStore } from '../../functions/inference/outcomes/outcome-store.ts';
import { noTotals } from '../../functions/monitoring/domain/tally.ts';
import { openPerformanceStore } from '../../functions/monitoring/performance/performance-store.ts';
import { scoreCases } from '../../functions/monitoring/performance/score-cases.ts';
import { holdoutOf } from '../inference/fixtures.ts';
import { measuredRow } from '../rollouts/case-rows.ts';
import { caseRow, cases, type Deployed, startWorld, type World } from '../rollouts/world.ts';
import { callApi } from '../support/call-api.ts';
import { countCalls, eachCrash, type Faults, layFaults } from '../support/faults.ts';

let world: World;
let faults: Faults;
let api: Parameters<typeof callApi>[0];
let handle: (event: SQSEvent) => Promise<{ batchItemFailures: { itemIdentifier: string }[] }>;
let dependencies: Parameters<typeof scoreCases>[0];

beforeAll(async () => {
  world = await startWorld();
  faults = layFaults(world.table.client);
  dependencies = {
    ...world,
    routes: openRouteReader(world.table),
    performance: openPerformanceStore(world.table),
  };
  Object.assign(process.env, {
    TABLE_NAME: world.services.tableName,
    BUCKET_NAME: world.services.bucketName,
    EVALUATION_QUEUE_URL: world.services.deadLetterQueueUrl,
  });
  ({ handler: api } = await import('../../functions/monitoring/api.ts'));
  ({ handler: handle } = await import('../../functions/monitoring/score-performance.ts'));
}, 120_000);
afterAll(() => world.services.dispose());

const score = ({ tenant, model }: Deployed) => scoreCases(dependencies, tenant, model);
const performanceOf = async ({ model }: Deployed) =>
  Performance.parse((await callApi(api, routes.getPerformance, { path: { model } })).json);
const messageOf = ({ tenant, model }: Deployed, messageId: string): SQSRecord =>
  ({ messageId, body: JSON.stringify({ detail: { tenant, model, sequence: 1 } }) }) as SQSRecord;

describe('the performance of versions', () => {
  it('is nothing before a version serves', async () => {
    const deployed = await world.begin({}, null);
    await deployed.seal(cases(5));
    expect(await score(deployed)).toBe(true);
    expect(await performanceOf(deployed)).toEqual({ model: deployed.model, versions: [] });
  });

  it('counts what the champion and the challenger said of each case, and failures as wrong', async () => {
    const deployed = await world.begin();
    await deployed.deploy(await deployed.version(1, 'nan'), true);
    await deployed.seal(cases(70));
    await score(deployed);
    const { champion, challenger, versions } = await performanceOf(deployed);
    expect({ champion, challenger }).toEqual({ champion: 'v1.0.0', challenger: 'v1.1.0' });
    expect(versions).toMatchObject([
      { version: 'v1.1.0', cases: 70, correct: 0, failures: 70, accuracy: 0, confusion: {} },
      { version: 'v1.0.0', cases: 70, failures: 0, history: [{ segment: 1 }, { segment: 2 }, { segment: 3 }] },
    ]);
    const [, served] = versions;
    const cells = Object.entries(served?.confusion ?? {}).flatMap(([label, row]) =>
      Object.entries(row).map(([given, count]) => ({ right: label === given, count })),
    );
    const sum = (some: { count: number }[]) => some.reduce((total, { count }) => total + count, 0);
    expect(sum(cells)).toBe(70);
    expect(sum(cells.filter(({ right }) => right))).toBe(served?.correct);
    expect(served?.accuracy).toBeGreaterThan(0.9);
    expect(served?.history.reduce((total, point) => total + point.cases, 0)).toBe(70);
  });

  it('of numbers counts what is within the tolerance of the label, and says how far off they are', async () => {
    const deployed = await world.begin({}, 'regression');
    await deployed.seal(Array.from({ length: 60 }, (_, index) => measuredRow(index)));
    await score(deployed);
    const errors = holdoutOf('regression').map(({ label, value = Number.NaN }) => Math.abs(Number(label) - value));
    const correct = errors.filter((error) => error <= 5).length;
    const { versions } = await performanceOf(deployed);
    expect(versions).toMatchObject([
      { version: 'v1.0.0', cases: 60, correct, failures: 0, accuracy: correct / 60, confusion: {} },
    ]);
    const mean = errors.reduce((sum, error) => sum + error, 0) / 60;
    expect(versions[0]?.meanAbsoluteError).toBeCloseTo(mean, 4);
  });

  it('leaves out what a version was trained on, and subjects of that', async () => {
    const deployed = await world.begin({}, null);
    await deployed.seal([...cases(5), caseRow(5, 'sub_known')]);
    await deployed.deploy(await deployed.version(0, 'logistic', { cut: 1 }));
    await deployed.seal([caseRow(6, 'sub_known'), caseRow(7, 'sub_new')]);
    await score(deployed);
    expect((await performanceOf(deployed)).versions).toMatchObject([{ cases: 1, history: [{ segment: 2, cases: 1 }] }]);
  });

  it('is counted once, however many are told of the cases at the same time', async () => {
    const deployed = await world.begin();
    await deployed.seal(cases(100));
    await Promise.all(Array.from({ length: 5 }, () => score(deployed)));
    expect((await performanceOf(deployed)).versions).toMatchObject([{ cases: 100 }]);
  });

  it('is not overwritten by who read it before another moved on', async () => {
    const { performance } = dependencies;
    const { tenant, model } = await world.begin();
    const scored = [{ version: 'v1.0.0', totals: { ...noTotals, cases: 9 }, points: [] }];
    const record = (from: number, to: number) =>
      performance.record(tenant, model, { from, to, at: new Date().toISOString() }, scored);
    expect([await record(0, 2), await record(0, 1)]).toEqual([true, false]);
    expect([await record(2, 4), await record(2, 3)]).toEqual([true, false]);
    expect(await performance.cursor(tenant, model)).toBe(4);
  });

  it('is counted once after a crash before or after any call of the table', async () => {
    const whole = await world.begin();
    await whole.seal(cases(30));
    const calls = await countCalls(faults, () => score(whole));
    await eachCrash(faults, calls, async (crash) => {
      const deployed = await world.begin();
      await deployed.seal(cases(30));
      await crash(() => score(deployed));
      await score(deployed);
      expect((await performanceOf(deployed)).versions).toMatchObject([{ cases: 30 }]);
    });
  }, 120_000);

  it('goes through a long backlog in bites', async () => {
    const deployed = await world.begin();
    for (let segment = 0; segment < 45; segment += 1) await deployed.seal([caseRow(segment)]);
    expect(await score(deployed)).toBe(true);
    expect((await performanceOf(deployed)).versions).toMatchObject([{ cases: 45 }]);
  });

  it('shows the rewards of its predictions beside it, by day and together', async () => {
    const deployed = await world.begin();
    const { tenant, model } = deployed;
    const outcomes = openOutcomeStore(world.table, Math.random);
    const [before, last] = [dayOf(Date.now() - 2 * dayMilliseconds), dayOf(Date.now() - dayMilliseconds)];
    const noonOf = (day: string) => Date.parse(day) + dayMilliseconds / 2;
    for (const [nonce, reward, assignedAt, score] of [
      ['one', 1, noonOf(before), 0.5],
      ['two', 0.5, noonOf(before), 0.25],
      ['three', 0, noonOf(last), undefined],
    ] as const) {
      const prediction = { tenant, model, nonce, version: 'v1.0.0', assignedAt, score };
      await outcomes.count(prediction, { reward, positive: reward >= 0.5, evidence: 'none' }, assignedAt + 1000);
    }
    expect((await performanceOf(deployed)).versions).toMatchObject([{ version: 'v1.0.0', cases: 0, accuracy: null }]);
    expect((await performanceOf(deployed)).versions[0]?.outcomes).toEqual({
      ...{ count: 3, meanReward: 0.5, positiveRate: 2 / 3, meanScore: 0.375 },
      days: [
        { day: before, samples: 2, positiveRate: 1, meanScore: 0.375, meanReward: 0.75 },
        { day: last, samples: 1, positiveRate: 0, meanScore: null, meanReward: 0 },
      ],
    });
  });
});

describe('a batch of messages', () => {
  it('costs a poison message nobody else', async () => {
    const [good, broken] = [await world.begin(), await world.begin()];
    await good.seal(cases(3));
    await broken.sealLost();
    const poison = { messageId: 'poison', body: 'hello' } as SQSRecord;
    const Records = [poison, messageOf(good, 'good-1'), messageOf(broken, 'broken'), messageOf(good, 'good-2')];
    const { batchItemFailures } = await handle({ Records });
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).sort()).toEqual(['broken', 'poison']);
    expect((await performanceOf(good)).versions).toMatchObject([{ cases: 3 }]);
  });
});
