import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { objectKeys } from '../../contracts/keys.ts';
import { pairsOf } from '../../functions/rollouts/domain/paired-process.ts';
import { driftOf } from '../../functions/rollouts/domain/score-drift.ts';
import { judgeRollout } from '../../functions/rollouts/operations/judge-rollout.ts';
import { fixture } from './case-rows.ts';
import { caseRow, cases, type Deployed, quickRollout, rollOut, startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 120_000);
afterAll(() => world.services.dispose());

/** Stages that take longer than a test. */
const slow = {
  ...quickRollout,
  stages: [{ name: 'shadow', weight: 0, minimumSeconds: 3600, minimumPairs: 0 }],
};

describe('pairs', () => {
  it('are one of each subject in a rollout, however many of its cases come, and when', async () => {
    const deployed = await world.begin(slow);
    const { judge, statistics } = await rollOut(world, deployed, await deployed.version(1, 'logistic'));
    await deployed.seal([caseRow(1, 'sub_a'), caseRow(2, 'sub_a'), caseRow(3, 'sub_b'), caseRow(4)]);
    await judge();
    await deployed.seal([caseRow(5, 'sub_a'), caseRow(6, 'sub_b'), caseRow(7, 'sub_c'), caseRow(8)]);
    await judge();
    expect(pairsOf((await statistics()).state)).toBe(5);
  });

  it('that chose a champion are no evidence against its challengers', async () => {
    const deployed = await world.begin();
    const second = await rollOut(world, deployed, await deployed.version(1, 'logistic'));
    await deployed.version(2, 'logistic');
    await second.judge();
    for (let round = 0; round < 3; round += 1) {
      await deployed.seal(cases(100, 100 * round));
      await second.judge();
    }
    const { status, countedUntil, pairs } = await second.record();
    expect({ status, countedUntil }).toEqual({ status: 'promoted', countedUntil: expect.any(Number) });
    expect(countedUntil).toBeGreaterThan(1);
    await deployed.seal(cases(50, 500));
    const third = await rollOut(world, deployed, 'v1.2.0');
    expect(await third.statistics()).toMatchObject({ cut: 0, cursor: countedUntil });
    await third.judge();
    expect(pairsOf((await third.statistics()).state)).toBe(300 + 50 - pairs);
  });
});

describe('the scores of a challenger', () => {
  const digestOf = async (deployed: Deployed): Promise<string> => {
    const version = await world.versions.get(deployed.tenant, deployed.model, 'v1.1.0');
    return version?.artifact.digest ?? '';
  };
  const lines = fixture('logistic', 'holdout-predictions.jsonl').toString().trim().split('\n');

  /** The holdout of the fixture three times over, with other scores where they are given. */
  const holdout = (scored: (probabilities: number[]) => number[] = (same) => same): string =>
    [0, 1, 2]
      .flatMap((copy) =>
        lines.map((line, index) => {
          const parsed = JSON.parse(line) as { id: string; probabilities: number[] };
          const id = `case_${String(1000 * copy + index).padStart(26, '0')}`;
          return JSON.stringify({ ...parsed, id, probabilities: scored(parsed.probabilities) });
        }),
      )
      .join('\n');

  const driftAgainst = async (text: string): Promise<number> => {
    const deployed = await world.begin({ ...slow, margin: 0.5 });
    const version = await deployed.version(1, 'logistic');
    const digest = await digestOf(deployed);
    // Every model of these tests has the same artifact, and each its own tenant's holdout.
    const objects = {
      ...world.objects,
      read: async (key: string) =>
        key === objectKeys.holdoutPredictions(deployed.tenant, digest)
          ? new TextEncoder().encode(text)
          : world.objects.read(key),
    };
    const { id } = await deployed.deploy(version, true);
    await deployed.seal(cases(300));
    const key = { tenant: deployed.tenant, model: deployed.model, rollout: id };
    await judgeRollout({ ...world, objects }, key);
    const drift = (await world.evidence.get(key.tenant, key.model, id))?.drift;
    return drift === undefined ? Number.NaN : driftOf(drift);
  };

  it('are compared with those on its holdout', async () => {
    expect(await driftAgainst(holdout())).toBeLessThan(0.1);
    expect(await driftAgainst(holdout(([one = 0, two = 0]) => [(one + 0.2) / 1.2, two / 1.2]))).toBeGreaterThan(0.25);
  });

  it('show no drift where the holdout is gone', async () => {
    const deployed = await world.begin(slow);
    const { judge, statistics } = await rollOut(world, deployed, await deployed.version(1, 'logistic'));
    await deployed.seal(cases(25));
    await judge();
    expect((await statistics()).drift).toEqual({ edges: [], reference: [0], counts: [25] });
  });
});
