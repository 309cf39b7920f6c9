import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { applyBlock, pairsOf, startPairedProcess } from '../../functions/rollouts/domain/paired-process.ts';
import { segmentsAtOnce } from '../../functions/rollouts/operations/gather-evidence.ts';
import { judgeRollout } from '../../functions/rollouts/operations/judge-rollout.ts';
import { caseRow, cases, quickRollout, rollOut, startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 120_000);
afterAll(() => world.services.dispose());

const untilEnd = async (judge: () => Promise<{ status: string }>): Promise<string> => {
  for (let round = 0; round < 10; round += 1) {
    const { status } = await judge();
    if (status !== 'running') return status;
  }
  return 'running';
};

describe('a challenger that is as good', () => {
  it('walks its stages and is promoted; what it was judged by replays bit for bit', async () => {
    const deployed = await world.begin();
    const rollout = await rollOut(world, deployed, await deployed.version(1, 'logistic'));
    expect(await deployed.route()).toMatchObject({ weight: 0, stage: 'preparing', rollout: rollout.id });

    await rollout.judge();
    expect(await deployed.route()).toMatchObject({ weight: 0, stage: 'shadow' });
    expect(await deployed.statusOf('v1.1.0')).toBe('shadow');
    await deployed.seal(cases(150));
    await rollout.judge();
    expect(await deployed.route()).toMatchObject({ weight: 2000, stage: 'canary' });
    expect(await deployed.statusOf('v1.1.0')).toBe('canary');
    await deployed.seal(cases(25, 150));
    expect(await untilEnd(rollout.judge)).toBe('promoted');

    const route = await deployed.route();
    expect(route).toMatchObject({ champion: { version: 'v1.1.0' }, weight: 0, previous: [{ version: 'v1.0.0' }] });
    expect(route?.challenger).toBeUndefined();
    expect([await deployed.statusOf('v1.0.0'), await deployed.statusOf('v1.1.0')]).toEqual(['retired', 'champion']);
    const record = await rollout.record();
    expect(record).toMatchObject({ status: 'promoted', end: 'verdict', pairs: 175, open: true });
    expect(record.stages).toMatchObject([
      { name: 'shadow', pairsAtStart: 0, pairsAtEnd: 150 },
      { name: 'canary', pairsAtStart: 150, pairsAtEnd: 175, verdict: 'promote' },
    ]);
    const { policy, state: counted } = await rollout.statistics();
    const replayed = (await rollout.blocks()).reduce(
      (state, block) => applyBlock(state, block, policy),
      startPairedProcess(policy),
    );
    expect(replayed).toEqual(counted);
  });

  it('leaves an audit of each step', async () => {
    const { items } = await world.audit.page('acme', 50);
    const actions = items.filter(({ model }) => model === 'model-1').map(({ action }) => action);
    expect(actions.reverse()).toEqual([
      'rollout-started',
      'rollout-started',
      'stage-entered',
      'stage-entered',
      'rollout-ended',
    ]);
  });
});

describe('a challenger that is bad', () => {
  it.each([
    ['worse', 350, 0],
    ['nan', 70, 70],
    ['throws', 70, 70],
  ] as const)('is rolled back by the verdict, and its base restored: %s', async (fixture, pairs, failures) => {
    const deployed = await world.begin();
    const before = await deployed.route();
    const rollout = await rollOut(world, deployed, await deployed.version(1, fixture));
    await rollout.judge();
    await deployed.seal(cases(pairs));
    expect(await untilEnd(rollout.judge)).toBe('rolled-back');
    expect(await rollout.record()).toMatchObject({ end: 'verdict', failures, pairs });
    const after = await deployed.route();
    expect(after).toMatchObject({ champion: before?.champion, previous: before?.previous, weight: 0 });
    expect(after?.challenger).toBeUndefined();
    expect(await deployed.statusOf('v1.1.0')).toBe('rolled-back');
  });
});

describe('evidence', () => {
  it('leaves out cases of the datasets, and of subjects in them', async () => {
    const deployed = await world.begin();
    await deployed.seal([...cases(24), caseRow(24, 'sub_known')]);
    const rollout = await rollOut(world, deployed, await deployed.version(1, 'logistic', { cut: 1 }));
    await deployed.seal([caseRow(30, 'sub_known'), caseRow(31, 'sub_new'), caseRow(32)]);
    await rollout.judge();
    expect((await rollout.statistics()).cursor).toBe(2);
    expect((await rollout.blocks()).map(pairsOf)).toEqual([2]);
  });

  it('is gathered in bounded bites, with short waits while there is more', async () => {
    const deployed = await world.begin({ ...quickRollout, tickSeconds: 300 });
    const rollout = await rollOut(world, deployed, await deployed.version(1, 'logistic'));
    for (let segment = 0; segment < segmentsAtOnce + 2; segment += 1) await deployed.seal([caseRow(segment)]);
    expect(await rollout.judge()).toEqual({ status: 'running', waitSeconds: 1 });
    expect((await rollout.statistics()).cursor).toBe(segmentsAtOnce);
    expect(await rollout.judge()).toEqual({ status: 'running', waitSeconds: 300 });
    expect((await rollout.statistics()).cursor).toBe(segmentsAtOnce + 2);
  });

  it('is counted once, however many judge at the same time', async () => {
    const deployed = await world.begin();
    const rollout = await rollOut(world, deployed, await deployed.version(1, 'logistic'));
    await rollout.judge();
    await deployed.seal(cases(150));
    const judged = await Promise.allSettled(Array.from({ length: 6 }, () => rollout.judge()));
    expect(judged.filter(({ status }) => status === 'rejected')).toEqual([]);
    expect(pairsOf((await rollout.statistics()).state)).toBe(150);
    expect((await rollout.blocks()).reduce((sum, block) => sum + pairsOf(block), 0)).toBe(150);
    await deployed.seal(cases(25, 150));
    const ends = await Promise.allSettled(Array.from({ length: 6 }, () => untilEnd(rollout.judge)));
    expect(ends.filter(({ status }) => status === 'rejected')).toEqual([]);
    expect(await rollout.record()).toMatchObject({ status: 'promoted', pairs: 175 });
    expect((await deployed.route())?.previous).toHaveLength(1);
  });
});

describe('the alarms of a rollout', () => {
  it('hold it while they have nothing to judge by, and roll it back when they fire unheard', async () => {
    const deployed = await world.begin();
    const { id } = await deployed.deploy(await deployed.version(1, 'logistic'));
    const key = { tenant: deployed.tenant, model: deployed.model, rollout: id };
    await judgeRollout(world, key);
    expect(await deployed.route()).toMatchObject({ stage: 'preparing' });
    await world.cloudWatch.make(id);
    await judgeRollout(world, key);
    await deployed.seal(cases(100));
    await judgeRollout(world, key);
    expect(await deployed.route()).toMatchObject({ stage: 'shadow' });
    await world.cloudWatch.see(id, [1, 1, 1]);
    expect(await judgeRollout(world, key)).toMatchObject({ status: 'rolled-back' });
    expect(await world.store.rollout(deployed.tenant, deployed.model, id)).toMatchObject({ end: 'alarm' });
  });
});
