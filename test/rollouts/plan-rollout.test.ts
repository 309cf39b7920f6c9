import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NewPlan } from '../../contracts/rollouts.ts';
import { emptyLedger } from '../../functions/cases/domain/ledger-head.ts';
import { openCaseRate } from '../../functions/cases/index.ts';
import { headEntity } from '../../functions/cases/store/ledger-entities.ts';
import { outcomeDayEntity } from '../../functions/inference/outcomes/sum-entities.ts';
import { judgeRollout } from '../../functions/rollouts/operations/judge-rollout.ts';
import { planRollout } from '../../functions/rollouts/operations/plan-rollout.ts';
import { openClock } from './live-outcomes.ts';
import { cases, type Deployed, startWorld, type World } from './world.ts';

/** Stands still, so that no day ends meanwhile. */
const clock = openClock();

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 120_000);
afterAll(() => world.services.dispose());

const plan = ({ tenant, model }: Pick<Deployed, 'tenant' | 'model'>, asked: Record<string, unknown> = {}) =>
  planRollout(
    { ...world, caseRate: openCaseRate(world.table), clock },
    { tenant, model, asked: NewPlan.parse({ differences: [0], ...asked }) },
  );

/** What the ledger's head says once so many segments are sealed. */
const head = ({ tenant, model }: Deployed, sequence: number, accepted: number) =>
  headEntity(world.table)
    .put({ tenant, model, revision: 1, head: { ...emptyLedger, sequence, accepted } })
    .go();

describe('a plan of what the model’s own record says', () => {
  it('takes the cases that were accepted, and how often the versions of the last rollout disagreed', async () => {
    const deployed = await world.begin();
    await deployed.seal(cases(100));
    await head(deployed, 4, 100);
    const { tenant, model } = deployed;
    const { id } = await deployed.deploy(await deployed.version(1, 'worse'), true);
    await judgeRollout(world, { tenant, model, rollout: id });
    const { assumed } = await plan(deployed);
    const statistics = await world.evidence.get(tenant, model, id);
    const { both = 0, championOnly = 0, challengerOnly = 0 } = statistics?.state ?? {};
    expect(championOnly + challengerOnly).toBeGreaterThan(0);
    expect(assumed).toMatchObject({
      labelsPerDay: 100,
      accuracy: (both + championOnly) / 100,
      disagreement: (championOnly + challengerOnly) / 100,
    });
  });

  it('takes the outcomes of the last weeks, and the mean of the champion’s', async () => {
    const deployed = await world.begin();
    const { tenant, model } = deployed;
    const days = outcomeDayEntity(world.table);
    const dayBefore = (count: number): string => new Date(clock.now() - count * 86_400_000).toISOString().slice(0, 10);
    const sums = [
      { day: dayBefore(60), version: 'v1.0.0', count: 9000, rewards: 0 },
      { day: dayBefore(9), version: 'v1.0.0', count: 800, rewards: 200 },
      { day: dayBefore(9), version: 'v0.9.0', count: 200, rewards: 200 },
    ];
    for (const item of sums) await days.put({ tenant, model, shard: 0, ...item }).go();
    const { assumed, plans } = await plan(deployed);
    expect(assumed.meanReward).toBe(0.25);
    // The ninth day before is whole, and of today some hours are.
    expect(assumed.outcomesPerDay).toBeGreaterThanOrEqual(1000 / 10);
    expect(assumed.outcomesPerDay).toBeLessThanOrEqual(1000 / 9);
    expect(plans[0]).toMatchObject({ evidence: 'paired', concludes: false, verdicts: [] });
  });

  it('is refused where nothing comes, and for a model that nobody registered', async () => {
    const deployed = await world.begin();
    await expect(plan(deployed)).rejects.toMatchObject({ code: 'no-traffic' });
    await expect(plan({ tenant: 'globex', model: deployed.model })).rejects.toMatchObject({ code: 'not-found' });
  });
});
