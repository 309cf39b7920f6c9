import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isFinishedJob, JobStatus, jobTransitions, mayBecome } from '../../contracts/statuses.ts';
import {
  type Ending,
  endJob,
  pauseJob,
  queueJob,
  restartJob,
  resumeJob,
} from '../../functions/training/domain/job-changes.ts';
import type { JobRecord } from '../../functions/training/domain/job-record.ts';
import { presentJob } from '../../functions/training/domain/present-job.ts';
import { dispatchJob, enqueueJob, followRun, refuseRun } from '../../functions/training/domain/run-changes.ts';
import type { RunOutcome } from '../../functions/training/domain/run-outcome.ts';
import { type RunState, RunStatus } from '../../functions/training/domain/run-state.ts';
import { settle } from '../../functions/training/domain/settlement.ts';
import { neverTrained, type TrainingState } from '../../functions/training/domain/training-state.ts';
import { job, record, run } from './records.ts';

const at = '2026-01-02T00:00:00.000Z';
const until = '2026-01-02T00:01:00.000Z';
const digest = 'a'.repeat(64);
const snapshot = { dataset: `ds_${digest}`, cut: 4, manifestKey: 'manifest', segmentListKey: 'list' };
const by = { at, actor: 'test' };
const occasion = { ...by, newCases: 100 };
const completed: Ending = { status: JobStatus.Completed, version: 'v1.0.0' };
const endings: Ending[] = [completed, { status: JobStatus.Failed, failure: 'No.' }, { status: JobStatus.Cancelled }];
const active: TrainingState = { activeJob: job, revision: 3 };

const interrupted: RunOutcome = { kind: 'troubled', trouble: 'interruption', cause: 'It was stopped.' };
const settled = (present: JobRecord, outcome: Exclude<RunOutcome, { kind: 'going-on' }>): JobRecord =>
  settle(present, { outcome, seconds: 5, at, until }).change?.job ?? present;

const waits: RunState = { status: RunStatus.InProgress, secondaryStatus: 'Starting' };
const trains: RunState = { status: RunStatus.InProgress, secondaryStatus: 'Training', startedAt: Date.parse(at) };
const follow = (present: JobRecord, state: RunState): JobRecord => followRun(present, state, at)?.job ?? present;

/** The steps of a job's life, in any order but for what needs a run, or a job that waits or is paused. */
const steps = {
  enqueue: (present: JobRecord) => enqueueJob(present, snapshot, 'token').job,
  dispatch: (present: JobRecord) => {
    const isWaiting = present.status === JobStatus.Queued && present.run === undefined;
    return isWaiting ? dispatchJob(present, 'ml.m5.large', at).job : present;
  },
  prepare: (present: JobRecord) => follow(present, waits),
  begin: (present: JobRecord) => follow(present, trains),
  refuse: (present: JobRecord) => (present.run === undefined ? present : refuseRun(present, { at, until }).job),
  interrupt: (present: JobRecord) => {
    const stopped = present.run?.stopAsked === true ? ({ kind: 'stopped' } as const) : interrupted;
    return present.run === undefined ? present : settled(present, stopped);
  },
  restart: (present: JobRecord) => restartJob(present).job,
  pause: (present: JobRecord) => (present.status === JobStatus.Paused ? present : pauseJob(present, by).job),
  resume: (present: JobRecord) => (present.status === JobStatus.Paused ? resumeJob(present, by).job : present),
  complete: (present: JobRecord) => endJob(active, present, completed, occasion).job,
  fail: (present: JobRecord) => endJob(active, present, { status: JobStatus.Failed, failure: 'No.' }, occasion).job,
  cancel: (present: JobRecord) => endJob(active, present, { status: JobStatus.Cancelled }, occasion).job,
} satisfies Record<string, (present: JobRecord) => JobRecord>;
const anyStep = fc.constantFrom(...Object.values(steps));

const jobEnded = expect.objectContaining({ name: 'JobEndedError' });

/** What a step makes of a job; undefined where it is refused, as it should be. */
const take = (present: JobRecord, step: (present: JobRecord) => JobRecord): JobRecord | undefined => {
  // The machine has no say in a job that is paused.
  if (present.status === JobStatus.Paused && (step === steps.complete || step === steps.fail)) {
    expect(() => step(present)).toThrow(jobEnded);
    return undefined;
  }
  const next = step(present);
  expect(next.revision).toBe(next === present ? present.revision : present.revision + 1);
  expect(next.runs).toBeGreaterThanOrEqual(present.runs);
  const direct = next.status === present.status || mayBecome(jobTransitions, present.status, next.status);
  // A job that was completed before the word of its beginning was stored has run all the same.
  expect(direct || (present.status === JobStatus.Queued && next.status === JobStatus.Completed)).toBe(true);
  expect(next.startedAt !== undefined || next.status !== JobStatus.Running).toBe(true);
  expect(next.endedAt === undefined).toBe(!isFinishedJob(next.status));
  return next;
};

describe('whatever happens to a job', () => {
  it('its status moves as the contract allows, each change is a revision, and it ends once', () => {
    const { enqueue, restart, pause, complete, fail, cancel } = steps;
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 20 }), (life) => {
        let present = record();
        for (const step of life) {
          if (isFinishedJob(present.status)) break;
          present = take(present, step) ?? present;
        }
        const ended = isFinishedJob(present.status) ? present : cancel(present);
        for (const late of [enqueue, restart, pause, complete, fail, cancel]) {
          expect(() => late(ended)).toThrow(jobEnded);
        }
      }),
    );
  });
});

describe('a job that is queued', () => {
  it('takes the one place of its model and says in the audit what started it', () => {
    const given = record();
    const change = queueJob(neverTrained, given, { newCases: 60 });
    expect(change).toMatchObject({
      state: { activeJob: job, revision: 1 },
      job: { status: 'queued', attempt: 1, runs: 0, revision: 1 },
      audit: [{ action: 'training-requested', subjectOfAction: job, numbers: { newCases: 60, trigger: 'manual' } }],
    });
  });
});

describe('a job that has a run', () => {
  const given = dispatchJob(record({ refusals: { 'ml.m5.xlarge': { times: 2, until } } }), 'ml.m5.large', at).job;

  it('is queued until its program runs, and says that its machine is prepared', () => {
    const { job: preparing, audit = [] } = followRun(given, waits, at) ?? {};
    expect(preparing).toMatchObject({ status: 'queued', runs: 1, refusals: given.refusals });
    expect(preparing?.waiting).toEqual({
      reason: 'preparing',
      detail: 'The training service prepares a machine of the type ml.m5.large.',
      since: at,
    });
    expect(preparing?.startedAt).toBeUndefined();
    expect(audit).toEqual([]);
    expect(followRun(preparing ?? given, { ...waits, secondaryStatus: 'Downloading' }, until)).toBeUndefined();
  });

  it.each([
    ['since when it trains', trains, at],
    ['that it trains', { ...waits, secondaryStatus: 'Training' }, until],
    ['that it has ended', { ...trains, status: RunStatus.Failed }, at],
    ['that it is completed, and no more', { status: RunStatus.Completed }, until],
  ])('runs where the training service says %s', (_, state, startedAt) => {
    for (const present of [given, follow(given, waits)]) {
      const { job: running, audit } = followRun(present, state, until) ?? {};
      expect(running).toMatchObject({ status: 'running', startedAt, runs: 1, refusals: {} });
      expect(running?.waiting).toBeUndefined();
      expect(audit).toMatchObject([{ action: 'training-started', subjectOfAction: job, reason: 'a test' }]);
    }
  });

  it('is not said to run where its run ended before it could, or is to stop', () => {
    for (const status of [RunStatus.Failed, RunStatus.Stopped, RunStatus.Stopping]) {
      expect(followRun(given, { status }, at)).toBeUndefined();
    }
    const resumed = resumeJob(pauseJob(follow(given, waits), by).job, by).job;
    expect(followRun(resumed, trains, at)).toBeUndefined();
    expect(followRun(pauseJob(given, by).job, trains, at)).toBeUndefined();
    expect(follow(resumed, { status: RunStatus.Completed })).toMatchObject({ status: 'running' });
  });

  it('is said to have started once, however often it runs', () => {
    const again = dispatchJob(settled(follow(given, trains), interrupted), 'ml.m5.large', at).job;
    expect(followRun(again, trains, until)).toMatchObject({ job: { startedAt: at, runs: 2 }, audit: [] });
    expect(followRun(follow(given, trains), trains, until)).toBeUndefined();
  });
});

describe('a job that gets another run', () => {
  const dispatched = (present: JobRecord) => follow(dispatchJob(present, 'ml.m5.large', at).job, trains);

  it('keeps the time of its start, and pays for both', () => {
    const first = dispatched(record());
    expect(first).toMatchObject({ runs: 1, run: { name: expect.stringMatching(/-1$/) } });
    const retried = settled(first, interrupted);
    expect(retried).toMatchObject({ status: 'queued', runs: 1, trainedSeconds: 5, waiting: { reason: 'retry' } });
    const second = { ...dispatched(retried), startedAt: first.startedAt };
    expect(second).toMatchObject({ runs: 2, startedAt: at, run: { name: expect.stringMatching(/-2$/) } });
    expect(settled(second, { kind: 'trained' })).toMatchObject({ trainedSeconds: 10, spentDollars: 0.00032 });
  });

  it('keeps the name of a run that the training service never took, so that there can be no second one', () => {
    const refused = refuseRun(dispatchJob(record(), 'ml.m5.large', at).job, { at, until }).job;
    expect(refused).toMatchObject({ runs: 0, refusals: { 'ml.m5.large': { times: 1, until } } });
    expect(refused.waiting).toMatchObject({ reason: 'capacity', since: at, nextAttemptAt: until });
    expect(dispatched(refused)).toMatchObject({ runs: 1, refusals: {}, run: { name: expect.stringMatching(/-1$/) } });
  });
});

describe('the end of a run', () => {
  const atWork = record({ status: JobStatus.Running, runs: 1, run: run() });

  it('is accounted for once, and told as often as it is heard of', () => {
    const end = { outcome: { kind: 'trained' }, seconds: 5, at, until } as const;
    const { change, message } = settle(atWork, end);
    expect(message).toEqual({ kind: 'trained' });
    expect(settle(change?.job ?? atWork, end)).toEqual({ message: { kind: 'trained' } });
  });

  it('is charged to a job that has ended before, and changes nothing else of it', () => {
    const cancelled = { ...atWork, status: JobStatus.Cancelled };
    const { change, message } = settle(cancelled, { outcome: { kind: 'stopped' }, seconds: 5, at, until });
    expect(change?.job).toEqual({
      ...cancelled,
      run: run({ seconds: 5 }),
      trainedSeconds: 5,
      spentDollars: 0.00016,
      revision: 2,
    });
    expect(message).toMatchObject({ kind: 'failed', error: 'JobCancelledError' });
  });

  it('of a job that is paused is told to nobody, and kept where it trained all the same', () => {
    const paused = pauseJob(atWork, by).job;
    expect(settle(paused, { outcome: { kind: 'stopped' }, seconds: 5, at, until })).toMatchObject({
      change: { job: { status: 'paused', run: undefined, trainedSeconds: 5 } },
    });
    const trained = settle(paused, { outcome: { kind: 'trained' }, seconds: 5, at, until });
    expect(trained.message).toBeUndefined();
    const resumed = resumeJob(trained.change?.job ?? paused, by).job;
    expect(settle(resumed, { outcome: { kind: 'trained' }, seconds: 5, at, until }).message).toEqual({
      kind: 'trained',
    });
  });
});

describe('a job that ends', () => {
  it.each(endings)('as $status makes room for the next', (ending) => {
    const { state, job: ended } = endJob(active, record({ status: JobStatus.Running }), ending, occasion);
    expect(state?.activeJob).toBeUndefined();
    expect(state?.revision).toBe(4);
    expect(ended).toMatchObject({ ...ending, endedAt: at });
  });

  it('with a version starts the count anew, and without one holds the count trigger off', () => {
    const held = { ...active, holdOff: { job, newCases: 50 } };
    const [good, bad, cancelled] = endings.map((ending) => endJob(held, record(), ending, occasion).state);
    expect(good).toEqual({ lastTrainedAt: at, revision: 4 });
    expect(bad).toEqual({ holdOff: { job, newCases: 110 }, revision: 4 });
    expect(cancelled).toEqual(bad);
  });

  it('leaves the place of another job to it, and the schedule as it is', () => {
    const schedule = { newCases: 5, days: 1, weekly: false, enabled: true };
    const other = 'job_01ARZ3NDEKTSV4RRFFQ69G5FAW';
    const { state } = endJob({ activeJob: other, schedule, revision: 9 }, record(), completed, occasion);
    expect(state).toMatchObject({ activeJob: other, schedule });
  });

  it('names the cancellation as one in the audit', () => {
    const actions = endings.map((ending) => endJob(active, record(), ending, occasion).audit[0]?.action);
    expect(actions).toEqual(['training-ended', 'training-ended', 'training-cancelled']);
  });
});

describe('a job as the API shows it', () => {
  it('hides the token, and counts its seconds from its start to its end', () => {
    const queued = enqueueJob(record(), snapshot, 'secret').job;
    const running = follow(dispatchJob(queued, 'ml.m5.large', at).job, trains);
    const { job: ended } = endJob(active, running, completed, { ...occasion, at: '2026-01-02T00:00:12.500Z' });
    const shown = presentJob('clinic', ended);
    expect(shown).toMatchObject({ seconds: 12.5, dataset: snapshot.dataset, version: 'v1.0.0' });
    expect(JSON.stringify(shown)).not.toContain('secret');
    expect(presentJob('clinic', running).seconds).toBeUndefined();
    expect(shown).toMatchObject({ instanceType: 'ml.m5.large', cost: { estimated: 0.115, spent: 0, currency: 'USD' } });
  });
});
