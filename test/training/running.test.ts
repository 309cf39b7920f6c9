import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { objectKeys } from '../../contracts/keys.ts';
import { training as routes } from '../../contracts/routes/index.ts';
import { JobStatus } from '../../contracts/statuses.ts';
import type { Version } from '../../contracts/versions.ts';
import type { RunState } from '../../functions/training/domain/run-state.ts';
import { cancelJob } from '../../functions/training/operations/cancel-job.ts';
import { dispatchJobs } from '../../functions/training/operations/dispatch-jobs.ts';
import { endJob } from '../../functions/training/operations/end-job.ts';
import { pauseJob } from '../../functions/training/operations/pause-job.ts';
import { reconcileJob } from '../../functions/training/operations/reconcile-job.ts';
import { reconcileLease } from '../../functions/training/operations/reconcile-lease.ts';
import { resumeJob } from '../../functions/training/operations/resume-job.ts';
import { submitJob } from '../../functions/training/operations/submit-job.ts';
import { openWarmStart } from '../../functions/training/services/warm-start.ts';
import { account } from '../../local/aws-clients.ts';
import { openFaults } from '../../local/sagemaker/faults.ts';
import { eventually } from '../local/support/eventually.ts';
import { callApi } from '../support/call-api.ts';
import type { Behaviour } from './fixtures/behaviours.ts';
import { openJobs, startWaiting } from './jobs.ts';
import { tenant, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await startWaiting();
}, 120_000);

afterAll(() => world.dispose());

const {
  start,
  submission,
  submit,
  jobOf,
  runOf,
  over,
  trained,
  artifactKeyOf,
  loseExecution,
  output,
  stateOf,
  heard,
  begun,
  audited,
  printed,
} = openJobs(() => world);

describe('a job that is submitted', () => {
  it('runs on its dataset with its hyperparameters, and its end is told once', async () => {
    const key = await start('train');
    await submit(await submission(key));
    const run = await runOf(key);
    expect(await jobOf(key)).toMatchObject({ status: 'queued', runs: 1, snapshot: { dataset: expect.any(String) } });
    expect(run).toBe(`relearn-${key.job.replace('_', '-').toLowerCase()}-1`);
    await over(run, 'Completed');
    const artifactKey = artifactKeyOf(key, run);
    expect(await trained(key, run)).toMatchObject({
      channels: ['dataset', 'manifest'],
      hyperparameters: { recipe: 'tabular', parameters: '{}', codeVersion: 'test' },
    });
    await heard(run, 'InProgress');
    expect(await stateOf(key)).toBe('running');
    await heard(run, 'Completed');
    expect(await output(key)).toEqual({ artifactKey });
    await heard(run, 'Completed');
    await heard(run, 'Failed', { FailureReason: 'too late' });
    expect(await jobOf(key)).toMatchObject({ status: 'running' });
  });

  it('is submitted once, however often its function is called', async () => {
    const key = await start('sleep');
    const input = await submission(key);
    await submit(input);
    await submit(input);
    expect(await jobOf(key)).toMatchObject({ runs: 1, taskToken: input.taskToken });
    await cancelJob(world, key, 'test');
  });

  it('is given what the version that serves has learnt of its search, where that was kept', async () => {
    const key = await start('train');
    const digest = 'c'.repeat(64);
    const versions = [{ status: 'staging' }, { status: 'champion', artifact: { digest } }];
    const warmStart = openWarmStart({ list: async () => versions as unknown as Version[] }, world.objects);
    expect(await warmStart(key.tenant, key.model)).toBeUndefined();
    await world.objects.writeOnce(objectKeys.sidecar(tenant, digest), '{}', 'application/json');
    await submit(await submission(key), { ...world, warmStart });
    const run = await runOf(key);
    await over(run, 'Completed');
    expect((await trained(key, run)).channels).toEqual(['champion', 'dataset', 'manifest']);
    await heard(run, 'Completed');
  });

  it('is not submitted where it was cancelled before', async () => {
    const key = await start('train');
    const input = await submission(key);
    await cancelJob(world, key, 'test');
    expect(await output(key)).toMatchObject({ error: 'JobCancelledError' });
    await expect(submit(input)).rejects.toMatchObject({ name: 'JobCancelledError' });
    expect(await jobOf(key)).toMatchObject({ status: 'cancelled', runs: 0 });
  });

  it('has its run stopped where it is cancelled in the midst of being submitted', async () => {
    const key = await start('sleep');
    const input = await submission(key);
    const service = {
      ...world.service,
      start: async (run: Parameters<World['service']['start']>[0]) => {
        await cancelJob(world, key, 'test');
        await world.service.start(run);
      },
    };
    await submit(input, { ...world, service });
    expect(await jobOf(key)).toMatchObject({ status: 'cancelled' });
    await over(await runOf(key), 'Stopped');
    await heard(await runOf(key), 'Stopped');
    expect((await world.capacity.leases()).map(({ job }) => job)).not.toContain(key.job);
  });
});

describe('a job whose machine the training service prepares', () => {
  /** A job whose run gets its machine after so many seconds. */
  const delayed = async (seconds: number, behaviour: Behaviour = 'sleep') => {
    const key = await start(behaviour);
    const job = key.job.replace('job_', '').toLowerCase();
    await openFaults(world.sagemaker.sagemakerUrl).add({ kind: 'delayed-start', seconds, job });
    await submit(await submission(key));
    return key;
  };
  const holders = async () => (await world.capacity.leases()).map(({ job }) => job);

  it('is queued and says so, holds its place, and runs from when its program does', async () => {
    const key = await delayed(2);
    const preparing = await jobOf(key);
    const { run: { name: run = '', submittedAt = '' } = {}, waiting } = preparing;
    expect(preparing).toMatchObject({ status: 'queued', runs: 1, waiting: { reason: 'preparing' } });
    expect(waiting?.detail).toBe('The training service prepares a machine of the type ml.m5.large.');
    expect(preparing.startedAt).toBeUndefined();
    expect(await audited(key)).toEqual(['training-requested']);
    await heard(run, 'InProgress', { SecondaryStatus: 'Starting' });
    await heard(run, 'InProgress', { SecondaryStatus: 'Downloading' });
    await dispatchJobs(world, [key]);
    expect(await reconcileJob(world, key)).toBe('none');
    expect(await jobOf(key)).toEqual(preparing);
    expect(await holders()).toContain(key.job);

    const began = await begun(key);
    expect(began).toBeGreaterThanOrEqual(Date.parse(submittedAt) + 1900);
    const running = await jobOf(key);
    expect(running).toMatchObject({ status: 'running', startedAt: new Date(began).toISOString(), runs: 1 });
    expect(running.waiting).toBeUndefined();
    // Events come twice, and in any order.
    await heard(run, 'InProgress', { SecondaryStatus: 'Training', TrainingStartTime: began });
    await heard(run, 'InProgress', { SecondaryStatus: 'Starting' });
    expect(await jobOf(key)).toEqual(running);
    expect(await audited(key)).toEqual(['training-started', 'training-requested']);
    await cancelJob(world, key, 'test');
  });

  it('is found to run by reconciliation where no event came', async () => {
    const key = await delayed(1);
    const began = await eventually(async () => (await world.service.describe(await runOf(key)))?.startedAt);
    expect(await reconcileJob(world, key)).toBe('take-up');
    expect(await jobOf(key)).toMatchObject({ status: 'running', startedAt: new Date(began).toISOString() });
    expect(await reconcileJob(world, key)).toBe('none');
    expect(await audited(key)).toEqual(['training-started', 'training-requested']);
    await cancelJob(world, key, 'test');
  });

  it('is found to run by what its program prints', async () => {
    const { handler } = await import('../../functions/training/api.ts');
    const key = await delayed(1);
    const path = { model: key.model, job: key.job };
    const shown = async () => (await callApi(handler, routes.getJob, { tenant, path })).json;
    expect(await shown()).toMatchObject({ status: 'queued', waiting: { reason: 'preparing' } });
    await printed(await runOf(key));
    const { status, waiting, startedAt, logs } = await shown();
    expect([status, waiting, logs.length > 0]).toEqual(['running', undefined, true]);
    expect(await jobOf(key)).toMatchObject({ status: 'running', startedAt });
    await cancelJob(world, key, 'test');
  });

  it('has started where its end is all that is heard of', async () => {
    const key = await delayed(1, 'fail');
    const run = await runOf(key);
    await over(run, 'Failed');
    const { startedAt = 0, endedAt, failureReason } = (await world.service.describe(run)) as RunState;
    const times = { TrainingStartTime: startedAt, TrainingEndTime: endedAt };
    await heard(run, 'Failed', { ...times, FailureReason: failureReason });
    expect(await output(key)).toMatchObject({ error: 'TrainingFailedError' });
    expect(await jobOf(key)).toMatchObject({ startedAt: new Date(startedAt).toISOString() });
    expect(await audited(key)).toEqual(['training-started', 'training-requested']);
    await cancelJob(world, key, 'test');
  });

  it('is paused, goes on with another run, and is cancelled, and has never started', async () => {
    const key = await delayed(600);
    const first = await runOf(key);
    expect(await pauseJob(world, key, 'test')).toMatchObject({ status: 'paused', runs: 1 });
    await over(first, 'Stopped');
    await heard(first, 'Stopped');
    expect((await jobOf(key)).run).toBeUndefined();
    expect(await holders()).not.toContain(key.job);

    const job = key.job.replace('job_', '').toLowerCase();
    await openFaults(world.sagemaker.sagemakerUrl).add({ kind: 'delayed-start', seconds: 600, job });
    await resumeJob(world, key, 'test');
    await submit(await submission(key));
    expect(await jobOf(key)).toMatchObject({ status: 'queued', runs: 2, waiting: { reason: 'preparing' } });
    expect(await cancelJob(world, key, 'test')).toMatchObject({ status: 'cancelled' });
    const second = await runOf(key);
    await over(second, 'Stopped');
    await heard(second, 'Stopped');
    expect(await holders()).not.toContain(key.job);
    expect((await jobOf(key)).startedAt).toBeUndefined();
    expect(await audited(key)).toEqual([
      'training-cancelled',
      'training-resumed',
      'training-paused',
      'training-requested',
    ]);
  });
});

describe('a job that the training service refuses', () => {
  it('lets the machine know, which would wait for its token otherwise', async () => {
    const key = await start('train');
    process.env.TRAINING_ROLE_ARN = `arn:aws:iam::${account}:role/nobody`;
    const { handler } = await import('../../functions/training/submit-job.ts');
    await handler(await submission(key));
    expect(await output(key)).toMatchObject({ error: 'ValidationException' });
    expect(await jobOf(key)).toMatchObject({ status: 'queued' });
    expect((await world.capacity.leases()).map(({ job }) => job)).not.toContain(key.job);
  });
});

describe('a job whose process is lost in the midst of starting it', () => {
  it('is given to the training service by reconciliation, once', async () => {
    const key = await start('train');
    const service = { ...world.service, start: () => new Promise<void>(() => undefined) };
    await submitJob(world, await submission(key));
    void dispatchJobs({ ...world, service }, [key]);
    await eventually(async () => (await jobOf(key)).run);
    expect(await reconcileJob(world, key)).toBe('none');
    const later = { now: () => Date.now() + 100_000 };
    expect(await reconcileJob({ ...world, clock: later }, key)).toBe('give');
    expect(await jobOf(key)).toMatchObject({ waiting: { reason: 'preparing' }, runs: 1 });
    await over(await runOf(key), 'Completed');
  });

  it('keeps no place on a machine that it never used', async () => {
    const key = await start('train');
    await submitJob(world, await submission(key));
    const store = { ...world.store, commit: () => Promise.reject(new Error('the process is gone')) };
    await dispatchJobs({ ...world, store }, [key]);
    const [lease] = (await world.capacity.leases()).filter(({ job }) => job === key.job);
    if (lease === undefined) throw new Error('Expected a lease that nobody gave back.');
    await cancelJob(world, key, 'test');
    expect(await reconcileLease(world, lease)).toBe('keep');
    const later = { now: () => Date.now() + 100_000 };
    expect(await reconcileLease({ ...world, clock: later }, lease)).toBe('release');
    expect((await world.capacity.leases()).map(({ job }) => job)).not.toContain(key.job);
  });
});

describe('an event of a run', () => {
  it('that nobody owns changes nothing', async () => {
    await expect(heard('relearn-job-of-nobody-1', 'Completed')).resolves.toBeUndefined();
  });

  it('that was lost is made up for by reconciliation', async () => {
    const key = await start('train');
    await submit(await submission(key));
    await begun(key);
    expect(await reconcileJob(world, key)).toMatch(/none|settle/);
    await over(await runOf(key), 'Completed');
    expect(await reconcileJob(world, key)).toBe('settle');
    expect(await output(key)).toEqual({ artifactKey: expect.stringContaining(await runOf(key)) });
    const { trainedSeconds, spentDollars } = await jobOf(key);
    expect(trainedSeconds).toBeGreaterThan(0);
    const month = new Date().toISOString().slice(0, 7);
    await reconcileJob(world, key);
    expect(await world.budget.spent(tenant, key.model, month)).toBe(spentDollars);
  });

  it('that says completed of a job that was cancelled does not let it go on', async () => {
    const key = await start('sleep');
    await submit(await submission(key));
    const run = await runOf(key);
    await endJob(world, key, { status: JobStatus.Cancelled }, 'test');
    await heard(run, 'Completed');
    expect(await output(key)).toMatchObject({ error: 'JobCancelledError' });
    await world.service.stop(run);
  });
});

describe('a job whose execution was lost', () => {
  it('goes on in another, with the same dataset and the run that it has', async () => {
    const key = await start('train');
    await submit(await submission(key));
    const [run, before] = [await runOf(key), await jobOf(key)];
    await over(run, 'Completed');
    await loseExecution(key);
    expect(await reconcileJob(world, key)).toBe('restart');
    await world.accept(key.model, 5);
    const input = await submission(key);
    expect(input).toMatchObject({ attempt: 2, snapshot: before.snapshot });
    await submit(input);
    expect(await jobOf(key)).toMatchObject({ attempt: 2, runs: 1, run: { name: run } });
    expect(await output(key)).toEqual({ artifactKey: expect.stringContaining(run) });
  });

  it('is told by the other how its run ended meanwhile', async () => {
    const key = await start('fail');
    await submit(await submission(key));
    await over(await runOf(key), 'Failed');
    await loseExecution(key);
    await reconcileJob(world, key);
    await submit(await submission(key));
    expect(await output(key)).toMatchObject({
      error: 'TrainingFailedError',
      cause: expect.stringMatching(/malignant/),
    });
    expect(await jobOf(key)).toMatchObject({ attempt: 2, runs: 1 });
    await cancelJob(world, key, 'test');
  });

  it('ignores the attempt of before', async () => {
    const key = await start('train');
    const input = await submission(key);
    await loseExecution(key);
    await reconcileJob(world, key);
    await expect(submit(input)).rejects.toMatchObject({ name: 'JobCancelledError' });
    await cancelJob(world, key, 'test');
  });

  it('fails after three attempts, and makes room for the next', async () => {
    const key = await start('train');
    const done: string[] = [];
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await eventually(async () => (await stateOf(key)) === 'running');
      await loseExecution(key);
      done.push(await reconcileJob(world, key));
    }
    expect(done).toEqual(['restart', 'restart', 'give-up']);
    expect(await jobOf(key)).toMatchObject({ status: 'failed', failure: expect.stringContaining('3 times') });
    expect((await world.store.state(tenant, key.model)).activeJob).toBeUndefined();
    for await (const running of world.store.running()) expect(running.job).not.toBe(key.job);
  });
});

describe('a run that does not end', () => {
  it('is stopped past its limit, and its machine is told why', async () => {
    const key = await start('sleep');
    await submit(await submission(key));
    const run = await runOf(key);
    await begun(key);
    const later = { now: () => Date.now() + 3600_000 + 301_000 };
    expect(await reconcileJob({ ...world, clock: later }, key)).toBe('stop');
    await over(run, 'Stopped');
    expect(await output(key)).toMatchObject({ error: 'TrainingFailedError', cause: expect.stringContaining('3600 s') });
  });
});
