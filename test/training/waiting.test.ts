import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cancelJob } from '../../functions/training/operations/cancel-job.ts';
import { dispatchJobs } from '../../functions/training/operations/dispatch-jobs.ts';
import { finishJob } from '../../functions/training/operations/finish-job.ts';
import { pauseJob } from '../../functions/training/operations/pause-job.ts';
import { reconcileJob } from '../../functions/training/operations/reconcile-job.ts';
import { resumeJob } from '../../functions/training/operations/resume-job.ts';
import { submitJob } from '../../functions/training/operations/submit-job.ts';
import type { JobKey } from '../../functions/training/store/training-store.ts';
import { openFaults } from '../../local/sagemaker/faults.ts';
import type { Behaviour } from './fixtures/behaviours.ts';
import { openJobs, startWaiting } from './jobs.ts';
import { tenant, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await startWaiting();
}, 120_000);

afterAll(() => world.dispose());

const { start, submission, submit, jobOf, runOf, over, trained, printed, output, heard } = openJobs(() => world);

describe('a job that is paused', () => {
  it('stops at its checkpoint, keeps its place in the model, and goes on from there with the same dataset', async () => {
    const key = await start('sleep');
    await submit(await submission(key));
    const [run, { snapshot }] = [await runOf(key), await jobOf(key)];
    await printed(run);
    expect(await pauseJob(world, key, 'test')).toMatchObject({ status: 'paused' });
    expect(await output(key)).toMatchObject({ error: 'JobPausedError' });
    await over(run, 'Stopped');
    await heard(run, 'Stopped', { TrainingStartTime: 1_000, TrainingEndTime: 4_000 });
    await heard(run, 'Stopped', { TrainingStartTime: 1_000, TrainingEndTime: 4_000 });
    expect(await jobOf(key)).toMatchObject({ status: 'paused', trainedSeconds: 3 });
    expect((await jobOf(key)).run).toBeUndefined();
    expect((await world.store.state(tenant, key.model)).activeJob).toBe(key.job);
    expect(await reconcileJob(world, key)).toBe('none');

    await world.accept(key.model, 5);
    expect(await resumeJob(world, key, 'test')).toMatchObject({ status: 'queued', attempt: 2 });
    expect(await resumeJob(world, key, 'test')).toMatchObject({ attempt: 2 });
    const input = await submission(key);
    expect(input).toMatchObject({ attempt: 2, snapshot });
    await submit(input);
    const next = await runOf(key);
    expect(next).toMatch(/-2$/);
    await over(next, 'Completed');
    expect(await trained(key, next)).toMatchObject({ resumed: true });
  });

  it('while it waits for its turn, waits no more, and can be cancelled', async () => {
    const key = await start('train');
    const input = await submission(key);
    await submitJob(world, input);
    await pauseJob(world, key, 'test');
    await dispatchJobs(world, [key]);
    expect(await jobOf(key)).toMatchObject({ status: 'paused', runs: 0 });
    await expect(submitJob(world, input)).rejects.toMatchObject({ name: 'JobPausedError' });
    expect(await cancelJob(world, key, 'test')).toMatchObject({ status: 'cancelled' });
    await expect(pauseJob(world, key, 'test')).rejects.toMatchObject({ code: 'job-ended' });
    await expect(resumeJob(world, key, 'test')).rejects.toMatchObject({ code: 'job-ended' });
  });

  it('by a process that is lost then is stopped by reconciliation', async () => {
    const key = await start('sleep');
    await submit(await submission(key));
    const tokens = { ...world.tokens, fail: () => Promise.reject(new Error('the process is gone')) };
    await expect(pauseJob({ ...world, tokens }, key, 'test')).rejects.toThrow('the process is gone');
    expect(await reconcileJob(world, key)).toBe('halt');
    expect(await output(key)).toMatchObject({ error: 'JobPausedError' });
    await over(await runOf(key), 'Stopped');
    expect(await reconcileJob(world, key)).toBe('settle');
    await cancelJob(world, key, 'test');
  });

  it('is not ended by a machine that comes to its end meanwhile, nor is one that another attempt works on', async () => {
    const key = await start('train');
    const registered = { version: 'v1.0.0', passed: true, rollOut: false };
    const finish = (attempt: number) => finishJob(world, { ...key, attempt, rollOut: false, registered });
    await pauseJob(world, key, 'test');
    expect(await finish(1)).toMatchObject({ status: 'paused' });
    await resumeJob(world, key, 'test');
    expect(await finish(1)).toMatchObject({ status: 'queued', attempt: 2 });
    expect(await finish(2)).toMatchObject({ status: 'completed' });
  });

  it('is not resumed once the time of all its runs is used up', async () => {
    const key = await start('train');
    await pauseJob(world, key, 'test');
    const job = await jobOf(key);
    const used = { ...job, trainedSeconds: job.maximumSeconds, revision: job.revision + 1 };
    await world.store.commit(key.tenant, key.model, { job: used, audit: [] });
    await expect(resumeJob(world, key, 'test')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/has used the \d+ s of its maximumSeconds/),
    });
    await cancelJob(world, key, 'test');
  });

  it('has to be paused to be resumed', async () => {
    const key = await start('train');
    await expect(resumeJob(world, key, 'test')).rejects.toMatchObject({ code: 'job-not-paused' });
    await cancelJob(world, key, 'test');
  });
});

describe('a run that goes wrong', () => {
  const again = async (behaviour: Behaviour) => {
    const key = await start(behaviour);
    await submit(await submission(key));
    const first = await runOf(key);
    await over(first, 'Failed');
    expect(await reconcileJob(world, key)).toBe('settle');
    const waiting = await jobOf(key);
    await dispatchJobs(world, [key]);
    const second = await runOf(key);
    expect(second).toMatch(/-2$/);
    await over(second, 'Completed');
    await heard(second, 'Completed');
    expect(await output(key)).toEqual({ artifactKey: expect.stringContaining(second) });
    return { waiting, job: await jobOf(key), model: key.model };
  };

  it('for want of memory is tried again on the next larger type, and says so', async () => {
    const { waiting, job, model } = await again('memory');
    expect(waiting).toMatchObject({ status: 'queued', runs: 1, waiting: { reason: 'retry' }, retries: ['memory'] });
    expect(job).toMatchObject({ status: 'running', runs: 2, run: { instanceType: 'ml.m5.xlarge' } });
    const { items } = await world.audit.page(tenant, 20);
    const entry = items.find(({ model: of, action }) => of === model && action === 'training-retried');
    expect(entry).toMatchObject({ reason: waiting.waiting?.detail, numbers: { trouble: 'memory', run: 1 } });
  });

  it('because it was interrupted goes on from its checkpoint', async () => {
    expect(await again('interrupted')).toMatchObject({ job: { retries: ['interruption'] } });
  });
});

describe('a type of instance that the training service has not', () => {
  it('lets its jobs wait and take the next, and holds nobody else up', async () => {
    const faults = openFaults(world.sagemaker.sagemakerUrl);
    const [key, other] = [await start('train'), await start('train', 'rival')];
    const job = key.job.replace('job_', '').toLowerCase();
    const refused = { kind: 'refused', job, times: 'always' } as const;
    await faults.add({ ...refused, error: 'ResourceLimitExceeded', instanceType: 'ml.m5.large' });
    const all = await faults.add({ ...refused, error: 'CapacityError' });
    const [input, others] = [await submission(key), await submission(other)];
    await submit(input);
    await submit(others);
    const waiting = await jobOf(key);
    expect(waiting).toMatchObject({ status: 'queued', runs: 0, waiting: { reason: 'capacity' } });
    expect(Object.keys(waiting.refusals)).toEqual(waiting.instanceTypes);
    expect(await jobOf(other)).toMatchObject({ runs: 1, run: { instanceType: 'ml.m5.large' } });
    expect((await world.capacity.leases()).map((lease) => lease.job)).not.toContain(key.job);

    await faults.remove(all);
    await dispatchJobs(world, [key]);
    expect(await jobOf(key)).toMatchObject({ status: 'queued' });
    const later = { now: () => Date.now() + 60_000 };
    await dispatchJobs({ ...world, clock: later }, [key]);
    expect(await jobOf(key)).toMatchObject({ runs: 1, run: { instanceType: 'ml.m5.xlarge' } });
    await faults.remove();
  });

  it('but takes the job all the same, and has no machine then, is left for the next', async () => {
    const faults = openFaults(world.sagemaker.sagemakerUrl);
    const key = await start('train');
    await faults.add({ kind: 'no-capacity', job: key.job.replace('job_', '').toLowerCase() });
    await submit(await submission(key));
    const first = await runOf(key);
    await over(first, 'Failed');
    await reconcileJob(world, key);
    expect(await jobOf(key)).toMatchObject({ status: 'queued', runs: 1, waiting: { reason: 'capacity' }, retries: [] });
    await dispatchJobs(world, [key]);
    expect(await jobOf(key)).toMatchObject({ runs: 2, run: { instanceType: 'ml.m5.xlarge' } });
  });
});

describe('as many jobs as may be under way', () => {
  it('are never exceeded, whoever starts them, and the next starts when one ends', async () => {
    const limits = { default: 0, 'ml.m5.4xlarge': 2 } as const;
    const keys: JobKey[] = [];
    for (let count = 0; count < 4; count += 1) {
      const key = await start('sleep');
      await submitJob(world, await submission(key));
      keys.push(key);
    }
    await Promise.all(Array.from({ length: 6 }, () => dispatchJobs({ ...world, limits }, keys)));
    const reasons = await Promise.all(keys.map(async (key) => (await jobOf(key)).waiting?.reason));
    expect(reasons).toEqual(['preparing', 'preparing', 'instance-limit', 'instance-limit']);

    const [first] = keys as [JobKey];
    const run = await runOf(first);
    await cancelJob(world, first, 'test');
    await over(run, 'Stopped');
    await heard(run, 'Stopped');
    await dispatchJobs({ ...world, limits }, keys);
    expect(await jobOf(keys.at(2) as JobKey)).toMatchObject({ waiting: { reason: 'preparing' } });
    for (const key of keys.slice(1)) await cancelJob(world, key, 'test');
  });
});
