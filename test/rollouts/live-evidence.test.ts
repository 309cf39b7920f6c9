import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RolloutPolicy } from '../../contracts/rollout-policy.ts';
import { type NewRollout, Rollout } from '../../contracts/rollouts.ts';
import { timestamp } from '../../functions/platform/clock.ts';
import { readEvidence } from '../../functions/rollouts/operations/read-evidence.ts';
import { presentRollout } from '../../functions/rollouts/present.ts';
import { type LiveOutcomes, openClock, openLiveOutcomes, rewards } from './live-outcomes.ts';
import { noHoldback, rollOut, startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 120_000);
afterAll(() => world.services.dispose());

const outcomePolicy = { windowSeconds: 60, unitSeconds: 0, maximumAgeSeconds: 86_400 };
const stages = [
  { name: 'canary-5', weight: 5, minimumSeconds: 0, minimumPairs: 0, minimumUnits: 40 },
  { name: 'canary-50', weight: 50, minimumSeconds: 0, minimumPairs: 0, minimumUnits: 40 },
];
const policy: Partial<RolloutPolicy> = {
  evidence: 'randomised',
  margin: 0.1,
  guardrails: { failure: 0.1, slow: 0.1 },
  minimumUnits: 100,
  tickSeconds: 1,
  holdback: noHoldback,
  stages,
};

/** Deploys versions, and gives what judges their rollout and feeds it, by a clock of its own. */
const deploy = async (
  given: { policy?: Partial<RolloutPolicy>; rollout?: Partial<NewRollout>; rivals?: number } = {},
) => {
  const deployed = await world.begin({ ...policy, ...given.policy }, 'logistic', outcomePolicy);
  const { tenant, model } = deployed;
  await deployed.version(1, 'logistic');
  for (let rival = 0; rival < (given.rivals ?? 0); rival += 1) await deployed.version(rival + 2, 'logistic');
  const clock = openClock();
  const { id, judge, record } = await rollOut(world, deployed, 'v1.1.0', { given: given.rollout, clock });
  const put = openLiveOutcomes(world.table, tenant, model);
  return {
    deployed,
    record,
    /** Judges so much later. @default the label window of everything before is over */
    judge: (seconds = 120) => {
      clock.pass(seconds);
      return judge();
    },
    feed: async (...outcomes: LiveOutcomes[]) => put(await record(), clock, outcomes),
    shown: async () => {
      const found = await record();
      const counted = await readEvidence(world, tenant, model, found);
      const randomisedBlocks = await world.randomised.blocks(tenant, model, id);
      const shown = presentRollout(found, model, timestamp(clock), counted, { randomisedBlocks });
      return Rollout.parse(JSON.parse(JSON.stringify(shown)));
    },
  };
};

const arms = (champion: number[], challenger: number[]): LiveOutcomes[] => [
  { arm: 'champion', version: 'v1.0.0', rewards: champion },
  { arm: 'challenger', version: 'v1.1.0', rewards: challenger },
];

describe('a rollout that is judged by live rewards', () => {
  it('walks its stages on its own units and is promoted, and shows what it was judged by', async () => {
    const { judge, feed, deployed, shown, record } = await deploy();
    await judge(0);
    await feed(...arms(rewards(190, 0.5), rewards(10, 0.8)));
    await judge();
    expect(await deployed.route()).toMatchObject({ stage: 'canary-50', weight: 5000 });
    expect(await record()).toMatchObject({ units: { 'canary-5': 200 } });
    await feed(...arms(rewards(300, 0.5), rewards(300, 0.8)));
    await judge();
    expect(await record()).toMatchObject({ status: 'promoted', end: 'verdict', pairs: 0 });
    const rollout = await shown();
    expect(rollout).toMatchObject({ evidence: 'randomised', units: 800, verdict: { verdict: 'promote' } });
    expect(rollout.stages.map(({ name, units }) => [name, units])).toEqual([
      ['canary-5', 200],
      ['canary-50', 600],
    ]);
    const counted = (rollout.randomisedBlocks ?? []).map(({ champion, challenger }) =>
      [champion, challenger].map(({ reward = [] }) => reward.reduce((sum, count) => sum + count, 0)),
    );
    expect(counted.flat().reduce((sum, count) => sum + count, 0)).toBe(800);
  });

  it('is rolled back where the rewards are worse by more than the margin', async () => {
    const { judge, feed, record, deployed } = await deploy();
    await judge(0);
    await feed(...arms(rewards(400, 0.8), rewards(100, 0.3)));
    await judge();
    expect(await record()).toMatchObject({ status: 'rolled-back', end: 'verdict' });
    expect((await deployed.route())?.challenger).toBeUndefined();
  });

  it('counts no outcome before its label window is over', async () => {
    const { judge, feed, record, shown } = await deploy();
    await judge(0);
    await feed(...arms(rewards(190, 0.5), rewards(10, 0.8)));
    await judge(70);
    expect(await shown()).toMatchObject({ waitsFor: 'canary-5 needs 40 units of its own' });
    expect((await record()).stages).toHaveLength(1);
  });

  it('counts each outcome once, however many judge at the same time', async () => {
    const { judge, feed, shown } = await deploy({ policy: { stages: stages.slice(0, 1), minimumUnits: 1000 } });
    await judge(0);
    await feed(...arms(rewards(190, 0.5), rewards(10, 0.8)));
    await Promise.all(Array.from({ length: 5 }, (_, index) => judge(index === 0 ? 120 : 0)));
    expect(await shown()).toMatchObject({ units: 200 });
  });

  it('keeps the outcome policy that it began with', async () => {
    const { judge, feed, deployed, shown } = await deploy({
      policy: { stages: stages.slice(0, 1), minimumUnits: 1000 },
    });
    await judge(0);
    const present = await world.models.get(deployed.tenant, deployed.model);
    if (present === undefined) throw new Error('the model was registered');
    const changed = { ...present, updatedAt: new Date(Date.now() + 1).toISOString() };
    const outcomes = { ...present.policies.outcomes, windowSeconds: 3600 };
    await world.models.save(deployed.tenant, { ...changed, policies: { ...present.policies, outcomes } }, present);
    await feed(...arms(rewards(190, 0.5), rewards(10, 0.8)));
    await judge();
    expect(await shown()).toMatchObject({ units: 200 });
  });
});

describe('a bandit', () => {
  const bandit: Parameters<typeof deploy>[0] = {
    policy: { bandit: { minimumUnits: 300, stopProbability: 0.95, floorPercent: 2 } },
    rollout: { strategy: 'bandit', rivals: ['v1.2.0'] },
    rivals: 1,
  };
  const earned = (count: number, ...shares: number[]): LiveOutcomes[] =>
    shares.map((share, index) => ({
      arm: index === 0 ? 'champion' : 'challenger',
      version: `v1.${index}.0`,
      rewards: rewards(count, share),
    }));

  it('moves requests to what earns more, and promotes the best, here a rival', async () => {
    const { judge, feed, deployed, record, shown } = await deploy(bandit);
    await judge(0);
    expect(await deployed.route()).toMatchObject({
      stage: 'bandit',
      weight: 3333,
      rivals: [{ servable: { version: 'v1.2.0' }, weight: 3333 }],
    });
    await feed(...earned(40, 0.5, 0.3, 0.7));
    await judge();
    const route = await deployed.route();
    expect(route?.rivals?.[0]?.weight).toBeGreaterThan(6000);
    expect(route?.weight).toBeLessThan(1000);
    const rollout = await shown();
    expect(rollout.bandit?.statement).toContain('bounds no error');
    expect(rollout.bandit?.arms).toMatchObject([
      { version: 'v1.0.0', units: 40 },
      { version: 'v1.1.0', units: 40 },
      { version: 'v1.2.0', units: 40, meanReward: 0.7, weight: (route?.rivals?.[0]?.weight ?? 0) / 100 },
    ]);
    await feed(...earned(80, 0.5, 0.3, 0.7));
    await judge();
    expect(await record()).toMatchObject({ status: 'promoted', end: 'bandit', units: { bandit: 360 } });
    expect(await deployed.route()).toMatchObject({
      champion: { version: 'v1.2.0' },
      previous: [{ version: 'v1.0.0' }],
      weight: 0,
    });
    const statuses = ['v1.0.0', 'v1.1.0', 'v1.2.0'].map((version) => deployed.statusOf(version));
    expect(await Promise.all(statuses)).toEqual(['retired', 'staging', 'champion']);
  });

  it('counts no reward before its label window is over, and each once', async () => {
    const { judge, feed, shown } = await deploy(bandit);
    await judge(0);
    await feed(...earned(40, 0.5, 0.3, 0.7));
    await judge(70);
    expect((await shown()).units).toBe(0);
    await judge(10);
    await Promise.all([judge(0), judge(0)]);
    expect((await shown()).units).toBe(120);
  });

  it('goes all at once where one rolls back by hand', async () => {
    const { judge, deployed, record } = await deploy(bandit);
    await judge(0);
    const { rollBackByHand } = await import('../../functions/rollouts/operations/roll-back.ts');
    const { tenant, model } = deployed;
    const request = { tenant, model, actor: 'operator:user-1', reason: 'enough', from: 'v1.2.0' };
    expect(await rollBackByHand(world, request)).toMatchObject({ from: 'v1.2.0', to: 'v1.0.0' });
    const route = await deployed.route();
    expect([route?.challenger, route?.rivals, route?.weight]).toEqual([undefined, undefined, 0]);
    expect(await record()).toMatchObject({ status: 'rolled-back', end: 'by-hand' });
    expect(await deployed.statusOf('v1.2.0')).toBe('rolled-back');
  });

  it('writes the route no more often than a weight moves by a point', async () => {
    const { judge, feed, deployed } = await deploy(bandit);
    await judge(0);
    await feed(...earned(40, 0.5, 0.3, 0.7));
    await judge();
    const revision = (await deployed.route())?.revision;
    await judge();
    await judge();
    expect((await deployed.route())?.revision).toBe(revision);
  });
});
