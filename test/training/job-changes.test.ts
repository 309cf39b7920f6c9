import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isFinishedJob, JobStatus, jobTransitions, mayBecome } from '../../contracts/statuses.ts';
import {
  adoptRun,
  type Ending,
  endJob,
  queueJob,
  restartJob,
  runJob,
  submitJob,
} from '../../functions/training/domain/job-changes.ts';
import { type JobRecord, presentJob } from '../../functions/training/domain/job-record.ts';
import { neverTrained, type TrainingState } from '../../functions/training/domain/training-state.ts';
import { job, record } from './records.ts';

const at = '2026-01-02T00:00:00.000Z';
const digest = 'a'.repeat(64);
const snapshot = { dataset: `ds_${digest}`, cut: 4, manifestKey: 'manifest', segmentListKey: 'list' };
const occasion = { at, actor: 'test', newCases: 100 };
const completed: Ending = { status: JobStatus.Completed, version: 'v1.0.0' };
const endings: Ending[] = [completed, { status: JobStatus.Failed, failure: 'No.' }, { status: JobStatus.Cancelled }];
const active: TrainingState = { activeJob: job, revision: 3 };

/** The steps of a job's life, in any order. */
const steps = {
  submit: (present: JobRecord) => submitJob(present, { snapshot, taskToken: 'token', at }).job,
  adopt: (present: JobRecord) => adoptRun(present, 'another token').job,
  run: (present: JobRecord) => runJob(present, at).job,
  restart: (present: JobRecord) => restartJob(present).job,
  complete: (present: JobRecord) => endJob(active, present, completed, occasion).job,
  fail: (present: JobRecord) => endJob(active, present, { status: JobStatus.Failed, failure: 'No.' }, occasion).job,
  cancel: (present: JobRecord) => endJob(active, present, { status: JobStatus.Cancelled }, occasion).job,
} satisfies Record<string, (present: JobRecord) => JobRecord>;
const anyStep = fc.constantFrom(...Object.values(steps));

describe('whatever happens to a job', () => {
  it('its status moves as the contract allows, each change is a revision, and it ends once', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 12 }), (life) => {
        let present = record();
        for (const step of life) {
          if (isFinishedJob(present.status)) {
            const ended = present;
            expect(() => step(ended)).toThrow(expect.objectContaining({ name: 'JobEndedError' }));
            continue;
          }
          const next = step(present);
          expect(next.revision).toBe(present.revision + 1);
          const direct = next.status === present.status || mayBecome(jobTransitions, present.status, next.status);
          // A job that was completed before the word of its beginning was stored has run all the same.
          expect(direct || (present.status === JobStatus.Queued && next.status === JobStatus.Completed)).toBe(true);
          expect(next.endedAt === undefined).toBe(!isFinishedJob(next.status));
          present = next;
        }
      }),
    );
  });
});

describe('a job that is queued', () => {
  it('takes the one place of its model and says in the audit what started it', () => {
    const { status: _, attempt: __, runs: ___, revision: ____, ...given } = record();
    const change = queueJob(neverTrained, given, { newCases: 60 });
    expect(change).toMatchObject({
      state: { activeJob: job, revision: 1 },
      job: { status: 'queued', attempt: 1, runs: 0, revision: 1 },
      audit: [{ action: 'training-started', subjectOfAction: job, numbers: { newCases: 60, trigger: 'manual' } }],
    });
  });
});

describe('a job that is submitted again', () => {
  it('gets another run, and keeps the time of its start', () => {
    const first = steps.run(submitJob(record(), { snapshot, taskToken: 'one', at }).job);
    const second = runJob(
      submitJob(first, { snapshot, taskToken: 'two', at: '2026-01-03T00:00:00.000Z' }).job,
      'later',
    );
    expect(first.run?.name).toMatch(/-1$/);
    expect(second.job).toMatchObject({
      runs: 2,
      startedAt: at,
      run: { name: expect.stringMatching(/-2$/), taskToken: 'two' },
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
    const running = runJob(submitJob(record(), { snapshot, taskToken: 'secret', at }).job, at).job;
    const { job: ended } = endJob(active, running, completed, { ...occasion, at: '2026-01-02T00:00:12.500Z' });
    const shown = presentJob('clinic', ended);
    expect(shown).toMatchObject({ seconds: 12.5, dataset: snapshot.dataset, version: 'v1.0.0' });
    expect(JSON.stringify(shown)).not.toContain('secret');
    expect(presentJob('clinic', running).seconds).toBeUndefined();
  });
});
