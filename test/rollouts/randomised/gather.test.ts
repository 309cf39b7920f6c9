import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { applyBlock } from '../../../functions/rollouts/domain/randomised/process.ts';
import {
  type RandomisedState,
  startRandomisedProcess,
  unitsOf,
} from '../../../functions/rollouts/domain/randomised/state.ts';
import { outcomesAtOnce } from '../../../functions/rollouts/operations/take-wholes.ts';
import type { RandomisedStatistics } from '../../../functions/rollouts/store/randomised-store.ts';
import { type Gathering, maturity, startGathering, windowSeconds } from './gathering.ts';

/** Each test writes some hundred items. */
let world: Gathering;
beforeAll(async () => {
  world = await startGathering();
}, 120_000);
afterAll(() => world.dispose());

const challenger = { a: 'challenger', v: 'v1.1.0' } as const;

/** Units and sum of the rewards, in twentieths, of each arm of a stage. */
const countedIn = ({ state }: RandomisedStatistics, stage = 'canary') => {
  const stratum = state.strata.find((each) => each.stage === stage);
  const of = (arm: 'champion' | 'challenger') => [stratum?.[arm].units ?? 0, stratum?.[arm].sums[0] ?? 0];
  return { champion: of('champion'), challenger: of('challenger') };
};

const replayed = (blocks: Awaited<ReturnType<Gathering['randomised']['blocks']>>, { policy }: RandomisedStatistics) =>
  blocks.reduce<RandomisedState>((state, block) => applyBlock(state, block, policy), startRandomisedProcess(policy));

describe('an outcome', () => {
  it('enters the evidence when its prediction has the age of the label window, and not before', async () => {
    const rollout = await world.begin();
    world.setTime(1);
    await rollout.send(await rollout.predict(0), 1);
    await rollout.send(await rollout.predict(1, challenger), 0.5);
    world.setTime(maturity + 1);
    await rollout.judge();
    expect(unitsOf((await rollout.statistics()).state)).toBe(0);
    world.setTime(maturity + 1.001);
    await rollout.judge();
    expect(countedIn(await rollout.statistics())).toEqual({ champion: [1, 20], challenger: [1, 10] });
  });

  it('counts in whatever order outcomes come, and not at all where it comes late', async () => {
    const rollout = await world.begin();
    const predictions = await Promise.all(
      Array.from({ length: 12 }, (_, index) => rollout.predict(index, index % 3 === 0 ? challenger : {})),
    );
    world.setTime(30);
    for (const prediction of predictions.slice(1).reverse()) await rollout.send(prediction, 1);
    world.setTime(windowSeconds + 1);
    expect(await rollout.send(predictions[0] ?? '', 1)).toMatchObject({ evidence: 'too-late' });
    world.setTime(200);
    await rollout.judge();
    expect(countedIn(await rollout.statistics())).toEqual({ champion: [8, 160], challenger: [3, 60] });
  });

  it('is compared within the stage of its prediction, whenever it comes', async () => {
    const rollout = await world.begin();
    const [early, late] = [await rollout.predict(0, { s: 'canary' }), await rollout.predict(10, { s: 'half' })];
    const [earlyOther, lateOther] = [
      await rollout.predict(0, { ...challenger, s: 'canary' }),
      await rollout.predict(10, { ...challenger, s: 'half' }),
    ];
    const shadow = await rollout.predict(0, { s: 'shadow' });
    world.setTime(20);
    for (const prediction of [late, lateOther, early, earlyOther, shadow]) await rollout.send(prediction, 1);
    world.setTime(200);
    await rollout.judge();
    const statistics = await rollout.statistics();
    expect(statistics.verdict?.numbers.unitsByStage).toEqual({ canary: 2, half: 2 });
    expect(statistics.state.strata.map(({ weight }) => weight).sort()).toEqual([2500, 5000]);
  });

  it('that is corrected in time changes the evidence, and after that only its record', async () => {
    const rollout = await world.begin();
    const [wrong, other] = [await rollout.predict(0), await rollout.predict(0, challenger)];
    world.setTime(1);
    await rollout.send(wrong, 1);
    await rollout.send(other, 1);
    world.setTime(windowSeconds - 1);
    expect(await rollout.send(wrong, 0.25, true)).toMatchObject({ corrected: true, evidence: 'counts' });
    world.setTime(maturity + 10);
    expect(await rollout.send(other, 0, true)).toMatchObject({ corrected: true, evidence: 'too-late' });
    await rollout.judge();
    const counted = await rollout.statistics();
    expect(countedIn(counted)).toEqual({ champion: [1, 5], challenger: [1, 20] });
    await rollout.send(wrong, 1, true);
    world.setTime(500);
    await rollout.judge();
    expect(await rollout.statistics()).toEqual(counted);
  });

  it('of a prediction that the challenger failed is its arm’s, and counts against what it answered', async () => {
    const rollout = await world.begin();
    const failed = await rollout.predict(0, { a: 'challenger', v: 'v1.0.0', w: 'v1.1.0', l: 900 });
    const answered = await rollout.predict(0, { l: 5 });
    world.setTime(1);
    for (const prediction of [failed, answered]) await rollout.send(prediction, 1);
    world.setTime(200);
    await rollout.judge();
    expect((await rollout.statistics()).failures).toBe(1);
    const [block] = await rollout.blocks();
    expect(block?.champion).toMatchObject({ answered: [0, 1], prompt: [0, 1] });
    expect(block?.challenger).toMatchObject({ answered: [1, 0], prompt: [1, 0] });
    expect(block?.challenger.reward?.at(-1)).toBe(1);
  });
});

describe('judging again and again', () => {
  const fill = async () => {
    const rollout = await world.begin();
    world.setTime(40);
    for (let index = 0; index < 29; index += 1) {
      const prediction = await rollout.predict(index, index % 4 === 0 ? challenger : {});
      await rollout.send(prediction, index % 5 === 0 ? 0 : 1);
      await rollout.send(prediction, index % 5 === 0 ? 0 : 1);
    }
    return rollout;
  };

  it('counts each outcome once, through crashes before and after the write', async () => {
    const rollout = await fill();
    const before = { record: () => Promise.reject(new Error('crashed before')) };
    const after = {
      record: async (...given: Parameters<Gathering['randomised']['record']>) => {
        await world.randomised.record(...given);
        throw new Error('crashed after');
      },
    };
    for (let seconds = maturity; seconds < maturity + 40; seconds += 1) {
      world.setTime(seconds);
      await rollout.judge({ randomised: before }).catch(() => undefined);
      await rollout.judge(seconds % 2 === 0 ? { randomised: after } : {}).catch(() => undefined);
    }
    const statistics = await rollout.statistics();
    expect(countedIn(statistics)).toEqual({ champion: [21, 340], challenger: [8, 120] });
    const blocks = await rollout.blocks();
    expect(blocks.map(({ number }) => number)).toEqual(blocks.map((_, index) => index + 1));
    expect(replayed(blocks, statistics)).toStrictEqual(statistics.state);
  });

  it('counts each outcome once, however many judge at the same time', async () => {
    const rollout = await fill();
    for (const seconds of [maturity + 10, maturity + 20, maturity + 40]) {
      world.setTime(seconds);
      const gathered = await Promise.all(Array.from({ length: 5 }, () => rollout.judge()));
      expect(gathered.filter((each) => each !== undefined).length).toBeGreaterThanOrEqual(1);
    }
    const statistics = await rollout.statistics();
    expect(unitsOf(statistics.state)).toBe(29);
    expect(replayed(await rollout.blocks(), statistics)).toStrictEqual(statistics.state);
  });

  it('writes nothing where nothing is new', async () => {
    const rollout = await fill();
    world.setTime(300);
    await rollout.judge();
    const { version } = await rollout.statistics();
    world.setTime(301);
    expect(await rollout.judge()).toMatchObject({ backlog: false, statistics: { version } });
    expect((await rollout.statistics()).version).toBe(version);
  });

  it('reads a bounded number of outcomes at once and those of the same ms, and says that there are more', async () => {
    const rollout = await world.begin();
    const inFirstRead = Math.ceil(outcomesAtOnce / 7) * 7;
    const many = outcomesAtOnce + 60;
    await rollout.store(
      Array.from({ length: many }, (_, index) => ({
        seconds: Math.floor(index / 7) * 0.001,
        arm: index % 4 === 0 ? 'challenger' : 'champion',
        reward: 1,
      })),
    );
    world.setTime(1000);
    expect(await rollout.judge()).toMatchObject({ backlog: true });
    expect(unitsOf((await rollout.statistics()).state)).toBe(inFirstRead);
    expect(await rollout.judge()).toMatchObject({ backlog: false });
    const statistics = await rollout.statistics();
    expect(unitsOf(statistics.state)).toBe(many);
    expect(replayed(await rollout.blocks(), statistics)).toStrictEqual(statistics.state);
  });
});

describe('subjects as units', () => {
  const day = 100;
  const person = (name: string) => Buffer.from(name.padEnd(32)).toString('base64url');

  it('count once in a rollout, by the mean of their first window', async () => {
    const rollout = await world.begin({ unitSeconds: day });
    const send = async (seconds: number, name: string, reward: number, claims = {}) => {
      world.setTime(seconds + 1);
      await rollout.send(await rollout.predict(seconds, { u: person(name), ...claims }), reward);
    };
    await send(10, 'anna', 0);
    await send(20, 'anna', 0.5);
    await send(30, 'anna', 1, challenger);
    await send(40, 'bob', 1, challenger);
    world.setTime(day + maturity - 1);
    await rollout.judge();
    expect(unitsOf((await rollout.statistics()).state)).toBe(0);
    await send(day + 5, 'anna', 1);
    await send(day + 6, 'carl', 1);
    await send(day + 7, 'dora', 1, challenger);
    world.setTime(day + maturity + 20);
    await rollout.judge();
    expect(countedIn(await rollout.statistics())).toEqual({ champion: [1, 5], challenger: [1, 20] });
    world.setTime(2 * day + maturity);
    await rollout.judge();
    expect(countedIn(await rollout.statistics())).toEqual({ champion: [2, 25], challenger: [2, 40] });
    await send(2 * day + 90, 'carl', 0);
    world.setTime(4 * day + maturity);
    await rollout.judge();
    expect(countedIn(await rollout.statistics())).toEqual({ champion: [2, 25], challenger: [2, 40] });
  });

  it('count once where several windows are read together', async () => {
    const rollout = await world.begin({ unitSeconds: day });
    for (const [seconds, reward] of [
      [10, 1],
      [day + 10, 0],
    ] as const) {
      world.setTime(seconds + 1);
      await rollout.send(await rollout.predict(seconds, { u: person('anna') }), reward);
      await rollout.send(await rollout.predict(seconds, { u: person(`other-${seconds}`), ...challenger }), 1);
    }
    world.setTime(3 * day + maturity);
    await rollout.judge();
    expect(countedIn(await rollout.statistics())).toEqual({ champion: [1, 20], challenger: [2, 40] });
  });

  it('are not used up by a stage that gave the challenger nothing', async () => {
    const rollout = await world.begin({ unitSeconds: day });
    const send = async (seconds: number, claims: object) => {
      world.setTime(seconds + 1);
      await rollout.send(await rollout.predict(seconds, { u: person('anna'), ...claims }), 1);
    };
    await send(10, { s: 'shadow' });
    world.setTime(day + maturity);
    await rollout.judge();
    await send(day + 10, { s: 'canary' });
    await send(day + 10, { s: 'canary', u: person('bob'), ...challenger });
    world.setTime(2 * day + maturity);
    await rollout.judge();
    expect(countedIn(await rollout.statistics())).toEqual({ champion: [1, 20], challenger: [1, 20] });
  });
});

describe('missing labels', () => {
  /** Ten minutes of 40 and 20 predictions, of which so many have an outcome. */
  const labelled = async (ofChampion: number, ofChallenger: number) => {
    const rollout = await world.begin();
    const minutes = Array.from({ length: 10 }, (_, minute) => minute);
    for (const minute of minutes) await rollout.count(minute, 40, 20);
    const outcomes = (minute: number, arm: 'champion' | 'challenger', count: number) =>
      Array.from({ length: count }, (_, index) => ({ seconds: 60 * minute + index, arm, reward: 1 }));
    await rollout.store(
      minutes.flatMap((minute) => [
        ...outcomes(minute, 'champion', ofChampion),
        ...outcomes(minute, 'challenger', ofChallenger),
      ]),
    );
    return rollout;
  };

  it('that differ by arm stop the verdict', async () => {
    const rollout = await labelled(38, 10);
    for (let minute = 1; minute <= 13; minute += 1) {
      world.setTime(60 * minute);
      await rollout.judge();
    }
    const { verdict, labels } = await rollout.statistics();
    expect(labels.strata).toEqual([
      { stage: 'canary', champion: { assigned: 400, labelled: 380 }, challenger: { assigned: 200, labelled: 100 } },
    ]);
    expect(verdict?.reason).toBe('labels-missing');
  });

  it('that are missing alike do not', async () => {
    const rollout = await labelled(30, 15);
    for (let minute = 1; minute <= 13; minute += 1) {
      world.setTime(60 * minute);
      await rollout.judge();
    }
    const { verdict, labels } = await rollout.statistics();
    expect(labels.peakLogEvidence).toBeLessThan(Math.log(100));
    expect(verdict?.reason).not.toBe('labels-missing');
  });

  it('are compared once, minute by minute, when the log has been counted', async () => {
    const rollout = await labelled(30, 15);
    world.setTime(5 * 60 + windowSeconds + 59);
    await rollout.judge();
    await rollout.judge();
    const assigned = async () => (await rollout.statistics()).labels.strata[0]?.champion.assigned;
    expect(await assigned()).toBe(4 * 40);
    world.setTime(5 * 60 + windowSeconds + 60);
    await rollout.judge();
    expect(await assigned()).toBe(5 * 40);
  });
});
