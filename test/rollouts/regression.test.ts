import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { objectKeys } from '../../contracts/keys.ts';
import { holdoutOf } from '../inference/fixtures.ts';
import { fixture, measuredRow } from './case-rows.ts';
import { quickRollout, rollOut, startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 120_000);
afterAll(() => world.services.dispose());

/** Which cases of the holdout a version answers within the tolerance of the label, 5. */
const rightOf = (name: 'regression' | 'regression-worse'): boolean[] =>
  holdoutOf(name).map(({ label, value = Number.NaN }) => Math.abs(Number(label) - value) <= 5);

const measured = (count: number) => Array.from({ length: count }, (_, index) => measuredRow(index));

describe('a rollout of a version that predicts a number', () => {
  it('is judged by pairs of answers that are within the tolerance or not', async () => {
    const slow = { ...quickRollout, stages: [{ name: 'shadow', weight: 0, minimumSeconds: 3600, minimumPairs: 0 }] };
    const deployed = await world.begin({ ...slow, margin: 0.5 }, 'regression');
    const version = await deployed.version(1, 'regression-worse');
    const found = await world.versions.get(deployed.tenant, deployed.model, version);
    await world.objects.writeOnce(
      objectKeys.holdoutPredictions(deployed.tenant, found?.artifact.digest ?? ''),
      fixture('regression-worse', 'holdout-predictions.jsonl'),
      'application/x-ndjson',
    );
    const { judge, statistics } = await rollOut(world, deployed, version);
    await deployed.seal(measured(60));
    await judge();
    const [champion, challenger] = [rightOf('regression'), rightOf('regression-worse')];
    const count = (theirs: boolean, ours: boolean): number =>
      champion.filter((right, row) => right === theirs && challenger[row] === ours).length;
    const { state, failures, drift } = await statistics();
    expect({ failures, ...state }).toMatchObject({
      ...{ failures: 0, both: count(true, true), championOnly: count(true, false) },
      ...{ challengerOnly: count(false, true), neither: count(false, false) },
    });
    expect(count(true, false)).toBeGreaterThan(count(false, true));
    // The numbers that it gives are its scores: the cases are those of its holdout, so they fall as they did there.
    expect(drift?.edges.length).toBeGreaterThan(1);
    expect(drift?.counts).toEqual(drift?.reference);
  });

  it('ends a version that is worse by its verdict, and promotes one that is as good', async () => {
    const roll = async (name: 'regression' | 'regression-worse') => {
      const deployed = await world.begin(quickRollout, 'regression');
      const rolledOut = await rollOut(world, deployed, await deployed.version(1, name, { stamped: true }));
      for (let round = 0; round < 6; round += 1) {
        await deployed.seal(Array.from({ length: 100 }, (_, index) => measuredRow(1000 * round + index)));
        await rolledOut.judge();
      }
      return (await rolledOut.record()).status;
    };
    expect(await roll('regression-worse')).toBe('rolled-back');
    expect(await roll('regression')).toBe('promoted');
  });
});
