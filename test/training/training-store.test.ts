import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { JobStatus } from '../../contracts/statuses.ts';
import type { Lease } from '../../functions/training/domain/capacity.ts';
import { restartJob } from '../../functions/training/domain/job-changes.ts';
import { neverTrained } from '../../functions/training/domain/training-state.ts';
import type { JobKey } from '../../functions/training/store/training-store.ts';
import { record } from './records.ts';
import { startWorld, tenant, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
}, 120_000);

afterAll(() => world.dispose());

const running = async (): Promise<JobKey[]> => {
  const keys: JobKey[] = [];
  for await (const key of world.store.running()) keys.push(key);
  return keys;
};

describe('a change that was decided on what is no longer so', () => {
  it('of the state of a model is not stored', async () => {
    const first = { ...neverTrained, revision: 1 };
    const second = { ...first, lastTrainedAt: '2026-01-01T00:00:00.000Z', revision: 2 };
    const commit = (state: typeof first) => world.store.commit(tenant, 'state', { state, audit: [] });
    expect([await commit(first), await commit(first)]).toEqual([true, false]);
    expect([await commit(second), await commit({ ...second, activeJob: record().id })]).toEqual([true, false]);
    expect(await world.store.state(tenant, 'state')).toEqual(second);
  });

  it('of a job is not stored, nor is what belongs to it', async () => {
    const job = record();
    const commit = (next: typeof job, revision: number) =>
      world.store.commit(tenant, 'job', { job: next, state: { revision }, audit: [] });
    expect([await commit(job, 1), await commit(job, 2)]).toEqual([true, false]);
    const { job: restarted } = restartJob(job);
    expect([await commit(restarted, 2), await commit({ ...restarted, attempt: 9 }, 3)]).toEqual([true, false]);
    expect(await world.store.job({ tenant, model: 'job', job: job.id })).toEqual(restarted);
    expect(await world.store.state(tenant, 'job')).toEqual({ revision: 2 });
  });
});

describe('the list of running jobs', () => {
  it('holds those of every tenant that have not ended', async () => {
    const key = { tenant: 'globex', model: 'list', job: record().id };
    const commit = (status: JobStatus, revision: number) =>
      world.store.commit(key.tenant, key.model, { job: record({ status, revision }), audit: [] });
    await commit(JobStatus.Queued, 1);
    expect(await running()).toContainEqual(key);
    await commit(JobStatus.Running, 2);
    expect(await running()).toContainEqual(key);
    await commit(JobStatus.Failed, 3);
    expect(await running()).not.toContainEqual(key);
  });
});

describe('places on machines', () => {
  const lease = (run: string, revision = 2): Lease => ({
    ...{ instanceType: 'ml.c5.4xlarge', run, tenant, model: 'clinic', job: record().id, spot: false },
    ...{ revision, since: '2026-01-01T00:00:00.000Z' },
  });
  const held = async () =>
    (await world.capacity.leases())
      .filter(({ instanceType }) => instanceType === 'ml.c5.4xlarge')
      .map(({ run }) => run);

  it('are no more than the limit, however many ask at once, and one run has one', async () => {
    const runs = Array.from({ length: 6 }, (_, number) => `run-${number}`);
    const taken = await Promise.all(runs.map((run) => world.capacity.acquire(lease(run), 3)));
    expect(taken.filter((got) => got)).toHaveLength(3);
    const [first = ''] = await held();
    expect(await world.capacity.acquire(lease(first, 3), 3)).toBe(true);
    expect(await held()).toHaveLength(3);
    // Who tried for it with what is older gives nothing back that is not theirs.
    await world.capacity.release('ml.c5.4xlarge', first, 2);
    expect(await held()).toContain(first);
    await Promise.all(runs.map((run) => world.capacity.release('ml.c5.4xlarge', run)));
    expect(await held()).toEqual([]);
  });
});

describe('what trainings cost', () => {
  it('is charged once for each run, however often that is tried, to the month of the model', async () => {
    const charge = (run: string, dollars: number) => world.budget.charge(tenant, 'budget', run, dollars);
    await Promise.all([charge('one', 0.5), charge('one', 0.5), charge('two', 0.25), charge('none', 0)]);
    const month = new Date().toISOString().slice(0, 'yyyy-mm'.length);
    expect(await world.budget.spent(tenant, 'budget', month)).toBe(0.75);
    expect(await world.budget.spent(tenant, 'budget', '2020-01')).toBe(0);
    expect(await world.budget.spent('globex', 'budget', month)).toBe(0);
  });
});
