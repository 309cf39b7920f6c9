import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { JobStatus } from '../../contracts/statuses.ts';
import { WaitingReason } from '../../contracts/training.ts';
import type { Lease } from '../../functions/training/domain/capacity.ts';
import type { JobRecord } from '../../functions/training/domain/job-record.ts';
import {
  decideLease,
  decideRecovery,
  ExecutionState,
  presumedState,
} from '../../functions/training/domain/recovery.ts';
import { type RunState, RunStatus } from '../../functions/training/domain/run-state.ts';
import { record, run } from './records.ts';

const { Absent, Running, Over } = ExecutionState;
const submittedAt = '2026-01-01T00:00:00.000Z';
const started = Date.parse(submittedAt);
const running = (given: Partial<RunState> = {}): RunState => ({ status: RunStatus.InProgress, ...given });
const secondsLater = (seconds: number): number => started + seconds * 1000;
const atWork = record({ status: JobStatus.Running, run: run() });
const waiting = { reason: WaitingReason.Preparing, detail: 'It is prepared.', since: submittedAt };
const preparing = record({ runs: 1, run: run(), waiting });

describe('a job that has not ended', () => {
  it('is started where it never was, and restarted twice where its machine is gone', () => {
    expect(decideRecovery(record(), Absent, undefined, started)).toEqual({ kind: 'start' });
    const over = (losses: number) => decideRecovery(record({ losses }), Over, undefined, started).kind;
    expect([over(0), over(1), over(2)]).toEqual(['restart', 'restart', 'give-up']);
  });

  it('is left alone while its machine waits for its turn, or does something else', () => {
    expect(decideRecovery(record(), Running, undefined, secondsLater(1e6))).toEqual({ kind: 'none' });
  });

  it.each([RunStatus.Completed, RunStatus.Failed, RunStatus.Stopped])('has a run settled that is %s', (status) => {
    const state = running({ status });
    expect(decideRecovery(atWork, Running, state, started)).toEqual({ kind: 'settle', run: state });
  });

  it('is given again to a service that does not know its run, and not while it may be on its way there', () => {
    const at = (seconds: number) =>
      decideRecovery(record({ run: run() }), Running, undefined, secondsLater(seconds)).kind;
    expect([at(89), at(90), at(1e6)]).toEqual(['none', 'give', 'give']);
  });

  it('takes up a run of which it does not know that the training service has it, or that it has begun', () => {
    const knows = (job: JobRecord, state: RunState) => decideRecovery(job, Running, state, started);
    expect(knows(record({ run: run() }), running())).toEqual({ kind: 'take-up', run: running() });
    expect(knows(preparing, running())).toEqual({ kind: 'none' });
    for (const state of [running({ startedAt: started }), running({ secondaryStatus: 'Training' })]) {
      expect(knows(preparing, state)).toEqual({ kind: 'take-up', run: state });
      expect(knows(atWork, state)).toEqual({ kind: 'none' });
    }
  });

  it('asks for another machine where its run waits for one for a day', () => {
    for (const job of [preparing, atWork]) {
      const at = (seconds: number) => decideRecovery(job, Running, running(), secondsLater(seconds)).kind;
      expect([at(86_399), at(86_400)]).toEqual(['none', 'stop-run']);
    }
  });

  it.each([
    ['training', running({ startedAt: started }), 3600 + 300, false],
    ['stopping', running({ status: RunStatus.Stopping, startedAt: started }), 3600 + 300, false],
    ['waiting for spot machines', running(), 3600 + 300 + 3600, true],
  ])('has a run stopped that is %s for too long', (_, state, limit, spot) => {
    const at = (seconds: number) => decideRecovery({ ...atWork, spot }, Running, state, secondsLater(seconds));
    expect(at(limit - 1)).toEqual({ kind: 'none' });
    expect(at(limit)).toMatchObject({ kind: 'stop', failure: expect.stringMatching(/\.$/) });
  });

  it('comes to an end, whatever happens to it', () => {
    const anyExecution = fc.constantFrom(...Object.values(ExecutionState));
    fc.assert(
      fc.property(fc.array(anyExecution, { minLength: 3, maxLength: 30 }), (executions) => {
        let losses = 0;
        for (const execution of executions) {
          const { kind } = decideRecovery(record({ losses }), execution, undefined, started);
          if (kind === 'restart') losses += 1;
        }
        expect(losses).toBeLessThanOrEqual(2);
      }),
    );
  });
});

describe('a job that is paused', () => {
  const paused = record({ status: JobStatus.Paused, run: run({ stopAsked: true }) });

  it('has its machine and its run stopped where they go on, and is otherwise left alone', () => {
    expect(decideRecovery(paused, Running, undefined, started).kind).toBe('halt');
    expect(decideRecovery(paused, Over, running(), started).kind).toBe('halt');
    expect(decideRecovery(paused, Over, running({ status: RunStatus.Stopping }), started).kind).toBe('none');
    expect(decideRecovery({ ...paused, run: undefined }, Over, undefined, secondsLater(1e7)).kind).toBe('none');
  });

  it('has the end of its run settled once', () => {
    const state = running({ status: RunStatus.Completed });
    expect(decideRecovery(paused, Over, state, started)).toEqual({ kind: 'settle', run: state });
    const settled = { ...paused, run: run({ stopAsked: true, seconds: 3 }) };
    expect(decideRecovery(settled, Over, state, started)).toEqual({ kind: 'none' });
  });

  it('has a run that was never begun for one that was stopped', () => {
    const at = (seconds: number) => presumedState(run({ stopAsked: true }), undefined, secondsLater(seconds));
    expect(at(89)).toBeUndefined();
    expect(at(90)).toEqual({ status: RunStatus.Stopped });
    expect(presumedState(run(), undefined, secondsLater(1e6))).toBeUndefined();
  });

  it('is waited for, after it is resumed, until its run has stopped', () => {
    const resumed = { ...paused, status: JobStatus.Queued };
    expect(decideRecovery(resumed, Running, running(), started).kind).toBe('stop-run');
    expect(decideRecovery(resumed, Running, running({ status: RunStatus.Stopping }), started).kind).toBe('none');
  });
});

describe('a place on a machine', () => {
  const lease: Lease = {
    ...{ tenant: 'acme', model: 'clinic', job: atWork.id, spot: false, revision: 2 },
    ...{ instanceType: 'ml.m5.large', run: run().name, since: submittedAt },
  };
  const ended = { ...atWork, status: JobStatus.Cancelled };
  const later = secondsLater(1e5);

  it('is kept for the present run of a job, until that has ended', () => {
    expect(decideLease(lease, atWork, running(), later)).toBe('keep');
    expect(decideLease(lease, atWork, undefined, later)).toBe('keep');
    expect(decideLease(lease, atWork, running({ status: RunStatus.Failed }), later)).toBe('settle');
  });

  it('is given back where its run was never begun, and not while it may be on its way', () => {
    for (const job of [undefined, ended, record()]) {
      expect(decideLease(lease, job, undefined, secondsLater(89))).toBe('keep');
      expect(decideLease(lease, job, undefined, secondsLater(90))).toBe('release');
    }
  });

  it('is given back where the run has another, and the run is left alone', () => {
    const elsewhere = { ...atWork, run: run({ instanceType: 'ml.m5.xlarge' }) };
    for (const state of [undefined, running()]) {
      expect(decideLease(lease, elsewhere, state, secondsLater(89))).toBe('keep');
      expect(decideLease(lease, elsewhere, state, secondsLater(90))).toBe('release');
    }
  });

  it('of a run that nobody wants is kept until the run has been stopped', () => {
    expect(decideLease(lease, ended, running(), later)).toBe('stop');
    expect(decideLease(lease, ended, running({ status: RunStatus.Stopping }), later)).toBe('keep');
    expect(decideLease(lease, ended, running({ status: RunStatus.Stopped }), later)).toBe('settle');
  });
});
