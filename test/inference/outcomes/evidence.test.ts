import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type OutcomeStore, openOutcomeStore } from '../../../functions/inference/outcomes/outcome-store.ts';
import { openTable } from '../../../functions/platform/table.ts';
import { logger } from '../../../functions/platform/telemetry.ts';
import { rollout, startOutcomes, type World } from './world.ts';

const window = { windowSeconds: 3600, maximumAgeSeconds: 86_400 };
const midnight = Date.parse('2026-03-02T00:00:00.000Z');

let world: World;

beforeAll(async () => {
  logger.setLogLevel('SILENT');
  world = await startOutcomes();
}, 120_000);
afterAll(() => world?.services.dispose());
beforeEach(() => {
  world.clock.time = midnight + 12 * 3_600_000;
});

/** Lets time go by. */
const wait = (seconds: number): void => {
  world.clock.time += seconds * 1000;
};

describe('the evidence of a rollout', () => {
  test('is the arm and the version that a prediction was assigned to, whoever answered', async () => {
    const begun = await world.begin(window);
    const i = world.clock.now();
    await begun.send(await begun.assigned({ a: 'challenger', v: 'v1.0.0', w: 'v1.1.0', l: 1200, p: 0.5 }), 0.25);
    await begun.send(await begun.assigned({ a: 'challenger', v: 'v1.1.0', l: 3 }), 1);
    const evidence = (await begun.evidence()).sort((one, other) => one.reward - other.reward);
    expect(evidence).toMatchObject([
      { assignedAt: i, arm: 'challenger', assigned: 'v1.1.0', version: 'v1.0.0', failed: true, milliseconds: 1200 },
      { assignedAt: i, arm: 'challenger', assigned: 'v1.1.0', version: 'v1.1.0', failed: false, milliseconds: 3 },
    ]);
    expect(evidence[0]).toMatchObject({ stage: 'canary', reward: 0.25, score: 0.5 });
  });

  test('takes an outcome up to the age of the window, and not a second longer', async () => {
    const begun = await world.begin(window);
    const [first, second] = [await begun.assigned(), await begun.assigned()];
    wait(3600);
    expect(await begun.send(first, 1)).toMatchObject({ counted: true, evidence: 'counts' });
    wait(1);
    expect(await begun.send(second, 1)).toMatchObject({ counted: true, evidence: 'too-late' });
    expect(await begun.evidence()).toHaveLength(1);
    expect(await begun.days()).toMatchObject([{ count: 2 }]);
  });

  test('keeps the window that the rollout began with', async () => {
    const begun = await world.begin({ windowSeconds: 60 }, { atBegin: window });
    const predictionId = await begun.assigned();
    wait(3000);
    expect(await begun.send(predictionId, 1)).toMatchObject({ evidence: 'counts' });
  });

  test.each([
    ['judged by pairs', { evidence: 'paired' }, 'none'],
    ['a drill', { record: { kind: 'drill' } }, 'none'],
    ['over', { record: { status: 'expired' } }, 'too-late'],
  ])('takes no outcome where the rollout is %s', async (_, change, evidence) => {
    const begun = await world.begin(window, change);
    expect(await begun.send(await begun.assigned(), 1)).toMatchObject({ counted: true, evidence });
    expect(await begun.evidence()).toEqual([]);
    expect(await begun.days()).toMatchObject([{ count: 1 }]);
  });
});

describe('a stage that gives the challenger no request', () => {
  test.each(['preparing', 'shadow'])('(%s) has no evidence, and does not use up the subject', async (stage) => {
    const begun = await world.begin(window);
    const u = 'z'.repeat(43);
    expect(await begun.send(await begun.assigned({ s: stage, u }), 1)).toMatchObject({ evidence: 'none' });
    expect([await begun.evidence(), await begun.subjects()]).toEqual([[], []]);
    wait(60);
    await begun.send(await begun.assigned({ s: 'canary-5', u }), 1);
    expect(await begun.subjects()).toMatchObject([{ firstAt: world.clock.now() }]);
  });
});

describe('a correction', () => {
  test('in time replaces the reward, in the sums and in the evidence', async () => {
    const begun = await world.begin(window);
    const predictionId = await begun.assigned();
    await begun.send(predictionId, 0.25);
    wait(3600);
    expect(await begun.send(predictionId, 0.75, true)).toMatchObject({
      ...{ counted: false, corrected: true, evidence: 'counts', reward: 0.75 },
    });
    expect(await begun.days()).toMatchObject([{ count: 1, rewards: 0.75, positives: 1 }]);
    expect(await begun.evidence()).toMatchObject([{ reward: 0.75 }]);
  });

  test('after the window is recorded and not bet again', async () => {
    const begun = await world.begin(window);
    const predictionId = await begun.assigned();
    await begun.send(predictionId, 1);
    wait(3601);
    for (const reward of [0, 0.25]) {
      expect(await begun.send(predictionId, reward, true)).toMatchObject({ corrected: true, evidence: 'too-late' });
      expect(await begun.evidence()).toMatchObject([{ reward: 1 }]);
      expect(await begun.days()).toMatchObject([{ count: 1, rewards: reward, positives: 0 }]);
    }
    const outcome = (await world.items()).find(({ sk }) => sk === `outcome#${begun.model}-1`);
    expect(outcome).toMatchObject({ reward: 0.25, evidenceReward: 1, corrections: 2 });
    expect(await begun.send(predictionId, 0.25)).toMatchObject({ counted: false, evidence: 'too-late' });
  });

  test('of an outcome that came too late stays out of the evidence', async () => {
    const begun = await world.begin(window);
    const predictionId = await begun.assigned();
    wait(3601);
    await begun.send(predictionId, 1);
    expect(await begun.send(predictionId, 0, true)).toMatchObject({ corrected: true, evidence: 'too-late' });
    expect(await begun.evidence()).toEqual([]);
  });

  test('where there is nothing to correct counts as the outcome', async () => {
    const begun = await world.begin(window);
    expect(await begun.send(await begun.assigned(), 1, true)).toMatchObject({ counted: true, corrected: false });
  });

  test('takes away what was positive by the policy of its time', async () => {
    const begun = await world.begin({ ...window, positive: 0.2 });
    const predictionId = await begun.assigned();
    await begun.send(predictionId, 0.3);
    expect(await begun.days()).toMatchObject([{ positives: 1 }]);
    await begun.send(predictionId, 0.1, true);
    expect(await begun.days()).toMatchObject([{ count: 1, rewards: 0.1, positives: 0 }]);
  });

  test('of many at once leaves one standing, and sums that agree with it', async () => {
    const begun = await world.begin(window);
    const predictionId = await begun.assigned();
    await begun.send(predictionId, 0.5);
    const rewards = [0, 0.125, 0.25, 0.625, 0.75, 1];
    await Promise.all(rewards.map((reward) => begun.send(predictionId, reward, true)));
    const [standing] = await begun.evidence();
    expect(rewards).toContain(standing?.reward);
    expect(await begun.days()).toMatchObject([{ count: 1, rewards: standing?.reward }]);
  });
});

describe('a subject', () => {
  const hashOf = async (person: string): Promise<string> =>
    createHmac('sha256', await world.keyRing.derive('pseudonyms/acme'))
      .update(`subject/${person}`)
      .digest('base64url');

  test('is a random pseudonym, the same for the same person, and met first at the earliest prediction', async () => {
    const begun = await world.begin(window);
    const [ada, grace] = [await hashOf('Ada'), await hashOf('Grace')];
    const now = world.clock.now();
    for (const [u, i] of [
      [ada, now - 2000],
      [ada, now - 3000],
      [ada, now - 1000],
      [grace, now],
    ] as const) {
      await begun.send(await begun.assigned({ u, i }), 1);
    }
    const evidence = await begun.evidence();
    const pseudonyms = evidence.map(({ subject }) => subject);
    expect(new Set(pseudonyms.slice(0, 3)).size).toBe(1);
    expect(new Set(pseudonyms).size).toBe(2);
    for (const pseudonym of pseudonyms) expect(pseudonym).toMatch(/^sub_[0-9A-Z]{26}$/);
    const subjects = Object.fromEntries((await begun.subjects()).map(({ subject, firstAt }) => [subject, firstAt]));
    expect(subjects).toEqual({ [pseudonyms[0] ?? '']: now - 3000, [pseudonyms[3] ?? '']: now });
  });

  test('whose outcomes come all at once is met first at the earliest prediction', async () => {
    const begun = await world.begin(window);
    const u = await hashOf('Katherine');
    const now = world.clock.now();
    const ids = await Promise.all(Array.from({ length: 12 }, (_, index) => begun.assigned({ u, i: now - index })));
    await Promise.all(ids.map((id) => begun.send(id, 1)));
    expect(await begun.subjects()).toMatchObject([{ firstAt: now - 11 }]);
    expect(new Set((await begun.evidence()).map(({ subject }) => subject)).size).toBe(1);
  });

  test('keeps its first prediction where another outcome came between', async () => {
    const { model, subjects } = await world.begin(window);
    const now = world.clock.now();
    const countAt = (store: OutcomeStore, assignedAt: number) => {
      const assignment = { rollout, arm: 'champion', stage: 'canary', assigned: 'v1.0.0', failed: false } as const;
      const prediction = { tenant: 'acme', model, nonce: `n${assignedAt}`, version: 'v1.0.0', assignedAt };
      const next = { reward: 1, positive: true, evidence: 'counts' } as const;
      return store.count({ ...prediction, rollout: { ...assignment, subject: 'sub_1' } }, next, now);
    };
    const table = openTable(world.services.tableName);
    const overtaken = openOutcomeStore(table, Math.random);
    let overtake: (() => Promise<unknown>) | undefined = () => countAt(world.parts.outcomes, now - 5000);
    table.client.middlewareStack.add(
      (send, { commandName }) =>
        async (call) => {
          const first = commandName?.startsWith('TransactWrite') ? overtake : undefined;
          if (first !== undefined) overtake = undefined;
          await first?.();
          return send(call);
        },
      { step: 'initialize' },
    );
    expect(await countAt(overtaken, now)).toBe(false);
    expect(await countAt(overtaken, now)).toBe(true);
    expect(await subjects()).toMatchObject([{ subject: 'sub_1', firstAt: now - 5000 }]);
  });

  test('is named by its hash in the map of pseudonyms alone', async () => {
    const begun = await world.begin(window);
    const u = await hashOf('Lovelace-1815');
    const predictionId = await begun.assigned({ u });
    await begun.send(predictionId, 1);
    const items = await world.items();
    const hex = Buffer.from(u, 'base64url').toString('hex');
    const holding = items.filter((item) => [u, hex, predictionId].some((text) => JSON.stringify(item).includes(text)));
    expect(holding.map(({ pk, sk }) => ({ pk, sk }))).toEqual([{ pk: 'tenant#acme#pseudonyms', sk: `subject#${hex}` }]);
    expect(JSON.stringify(items)).not.toContain('Lovelace');
  });
});

describe('the day of an outcome', () => {
  test('is that of its prediction, UTC', async () => {
    const begun = await world.begin(window);
    world.clock.time = midnight + 1000;
    await begun.send(await begun.predictionOf({ i: midnight - 1 }), 0.5);
    await begun.send(await begun.predictionOf({ i: midnight }), 1);
    await begun.send(await begun.predictionOf({ i: midnight, v: 'v1.1.0' }), 1);
    expect(await begun.days()).toMatchObject([
      { day: '2026-03-01', version: 'v1.0.0', count: 1, rewards: 0.5 },
      { day: '2026-03-02', version: 'v1.0.0', count: 1, rewards: 1 },
      { day: '2026-03-02', version: 'v1.1.0', count: 1, rewards: 1 },
    ]);
  });
});
