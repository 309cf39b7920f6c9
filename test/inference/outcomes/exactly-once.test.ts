import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { logger } from '../../../functions/platform/telemetry.ts';
import { type Fault, type Faults, isCrash, layFaults } from '../../support/faults.ts';
import { type Begun, startOutcomes, type World } from './world.ts';

jest.setTimeout(300_000);

let world: World;
let faults: Faults;

beforeAll(async () => {
  logger.setLogLevel('SILENT');
  world = await startOutcomes();
  faults = layFaults(world.table.client);
}, 120_000);
afterAll(() => world?.services.dispose());

const count = 200;
const copies = 3;
const rewardOf = (index: number): number => (index % 5) / 4;

/** The same for everybody: a linear congruential generator. */
const dice = (seed: number) => {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
};

const shuffled = <Item>(items: readonly Item[], random: () => number): Item[] =>
  items
    .map((item) => ({ item, place: random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item);

/** Sends until it is answered: as an app does whose call broke off. Gives how often it crashed. */
const sendUntilAnswered = async (begun: Begun, predictionId: string, reward: number): Promise<number> => {
  let crashes = 0;
  for (let attempt = 0; attempt < 30; attempt += 1) {
    try {
      await begun.send(predictionId, reward);
      return crashes;
    } catch (error) {
      if (isCrash(error)) crashes += 1;
      else if ((error as Error).name !== 'ConflictError') throw error;
    }
  }
  throw new Error('never answered');
};

const expectWhole = async (begun: Begun, some: number): Promise<void> => {
  const indices = Array.from({ length: some }, (_, index) => index);
  const rewards = indices.reduce((sum, index) => sum + rewardOf(index), 0);
  const positives = indices.filter((index) => rewardOf(index) >= 0.5).length;
  expect(await begun.days()).toMatchObject([{ count: some, rewards, positives }]);
  const [delays = []] = await begun.delays();
  expect(delays.reduce((sum, value) => sum + value, 0)).toBe(some);
  const evidence = await begun.evidence();
  expect(evidence).toHaveLength(some);
  expect(evidence.reduce((sum, { reward }) => sum + reward, 0)).toBe(rewards);
};

describe('outcomes', () => {
  test('are each counted once: 200, sent three times in any order, many at once, with crashes', async () => {
    const begun = await world.begin();
    const random = dice(42);
    const ids = await Promise.all(Array.from({ length: count }, () => begun.assigned()));
    const sent = shuffled(
      Array.from({ length: count * copies }, (_, index) => index % count),
      random,
    );
    const waiting = sent.values();
    let crashes = 0;
    const worker = async (): Promise<void> => {
      for (const index of waiting) {
        if (random() < 0.2) faults.arm(1 + Math.floor(random() * 4), random() < 0.5 ? 'before' : 'after');
        const before = await sendUntilAnswered(begun, ids[index] ?? '', rewardOf(index));
        crashes += before;
      }
    };
    await Promise.all(Array.from({ length: 12 }, worker));
    faults.arm(0, 'before');
    expect(crashes).toBeGreaterThan(20);
    await expectWhole(begun, count);
  });

  test('are counted once after a crash before or after any call of the table', async () => {
    const whole = await world.begin();
    faults.arm(0, 'before');
    const u = 'x'.repeat(43);
    await whole.send(await whole.assigned({ u }), rewardOf(0));
    const calls = faults.calls();
    expect(calls).toBeGreaterThan(4);
    for (const fault of ['before', 'after'] satisfies Fault[]) {
      for (let call = 1; call <= calls; call += 1) {
        const begun = await world.begin();
        const predictionId = await begun.assigned({ u: `${fault}${call}`.padEnd(43, 'y') });
        faults.arm(call, fault);
        expect(await begun.send(predictionId, rewardOf(0)).then(() => false, isCrash)).toBe(true);
        expect(faults.struck()).toBe(true);
        faults.arm(0, 'before');
        await begun.send(predictionId, rewardOf(0));
        await expectWhole(begun, 1);
        expect(await begun.subjects()).toHaveLength(1);
      }
    }
  });
});
