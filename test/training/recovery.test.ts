import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decideRecovery, ExecutionState } from '../../functions/training/domain/recovery.ts';
import { type RunState, RunStatus } from '../../functions/training/domain/run-outcome.ts';
import { record } from './records.ts';

const submittedAt = '2026-01-01T00:00:00.000Z';
const started = Date.parse(submittedAt);
const run = { name: 'relearn-job-1', submittedAt, taskToken: 'token' };
const running = (given: Partial<RunState> = {}): RunState => ({ status: RunStatus.InProgress, ...given });
const secondsLater = (seconds: number): number => started + seconds * 1000;

describe('a job that has not ended', () => {
  it('is started where it never was, and restarted twice where its machine is gone', () => {
    expect(decideRecovery(record(), ExecutionState.Absent, undefined, started)).toEqual({ kind: 'start' });
    const over = (attempt: number) => decideRecovery(record({ attempt }), ExecutionState.Over, undefined, started).kind;
    expect([over(1), over(2), over(3)]).toEqual(['restart', 'restart', 'give-up']);
  });

  it('is left alone while its machine does something else than to wait for a run', () => {
    expect(decideRecovery(record(), ExecutionState.Running, undefined, secondsLater(1e6))).toEqual({ kind: 'none' });
  });

  it.each([RunStatus.Completed, RunStatus.Failed, RunStatus.Stopped])('is told of a run that is %s', (status) => {
    const state = running({ status });
    expect(decideRecovery(record({ run }), ExecutionState.Running, state, started)).toEqual({
      kind: 'deliver',
      run: state,
    });
  });

  it.each([
    ['unknown to the service', undefined, 300],
    ['waiting for a machine', running(), 86_400],
    ['training', running({ startedAt: started }), 3600 + 300],
    ['stopping', running({ status: RunStatus.Stopping, startedAt: started }), 3600 + 300],
  ])('has a run stopped that is %s for too long', (_, state, limit) => {
    const at = (seconds: number) =>
      decideRecovery(record({ run }), ExecutionState.Running, state, secondsLater(seconds));
    expect(at(limit - 1)).toEqual({ kind: 'none' });
    expect(at(limit)).toMatchObject({ kind: 'stop', failure: expect.stringMatching(/\.$/) });
  });

  it('comes to an end, whatever happens to it', () => {
    const anyExecution = fc.constantFrom(...Object.values(ExecutionState));
    fc.assert(
      fc.property(fc.array(anyExecution, { minLength: 3, maxLength: 30 }), (executions) => {
        let attempt = 1;
        for (const execution of executions) {
          const { kind } = decideRecovery(record({ attempt }), execution, undefined, started);
          if (kind === 'restart') attempt += 1;
        }
        expect(attempt).toBeLessThanOrEqual(3);
      }),
    );
  });
});
