import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { WorkflowError } from '../../contracts/workflows.ts';
import { endingOf, explainError } from '../../functions/training/domain/failure.ts';
import { Trouble } from '../../functions/training/domain/job-record.ts';
import { readPrinted } from '../../functions/training/domain/printed-lines.ts';
import { outcomeOf } from '../../functions/training/domain/run-outcome.ts';
import { RunStatus } from '../../functions/training/domain/run-state.ts';
import { record, run } from './records.ts';

const registered = { version: 'v1.2.0', passed: true, rollOut: true };

describe('an error that the machine caught', () => {
  it('is told in the words of the step that threw it, where those are ours', () => {
    const Cause = JSON.stringify({ errorType: 'TooFewCasesError', errorMessage: 'Expected 50, found 3.', trace: [] });
    expect(explainError({ Error: WorkflowError.TooFewCases, Cause })).toBe('Expected 50, found 3.');
    expect(explainError({ Error: WorkflowError.TrainingFailed, Cause: 'Memory ran out.' })).toBe('Memory ran out.');
  });

  it('of any other name keeps its message to itself: nobody has looked through it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 12, unit: 'grapheme-ascii' }), (secret) => {
        const Cause = JSON.stringify({ errorMessage: `Unexpected token in ${secret}` });
        const sentence = explainError({ Error: 'SyntaxError', Cause });
        expect(sentence).not.toContain(secret);
        expect(sentence).toContain('SyntaxError');
      }),
    );
  });

  it('that is a limit says so', () => {
    expect(explainError({ Error: 'States.Timeout' })).toMatch(/longer than its limit/);
  });

  it('is one line of at most 500 characters', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2000, unit: 'binary' }), (Cause) => {
        const sentence = explainError({ Error: WorkflowError.TrainingFailed, Cause });
        expect(sentence.length).toBeLessThanOrEqual(500);
        expect(sentence).not.toMatch(/[\n\r]/);
      }),
    );
  });
});

describe('the end of a job', () => {
  it.each([
    [{ registered }, { status: 'completed', version: 'v1.2.0' }],
    [{ error: { Error: 'JobCancelledError', Cause: 'x' } }, { status: 'cancelled' }],
    [{ error: { Error: 'TooFewCasesError', Cause: 'Too few.' } }, { status: 'failed', failure: 'Too few.' }],
    [{}, { status: 'failed', failure: 'The training ended without a version and without a reason.' }],
  ])('after %j is %j', (given, ending) => {
    expect(endingOf(given)).toEqual(ending);
  });

  it('is completed with a version whose rollout did not begin, and says so', () => {
    expect(endingOf({ registered, error: { Error: 'States.Timeout' } })).toMatchObject({
      status: 'completed',
      version: 'v1.2.0',
      failure: expect.stringMatching(/^v1\.2\.0 is registered, but its rollout did not begin: /),
    });
  });
});

describe('a run that failed', () => {
  const outcome = (failureReason: string | undefined) =>
    outcomeOf({ status: RunStatus.Failed, failureReason }, record({ run: run() }));

  it.each([
    ['AlgorithmError: Expected 2 classes, got 1., exit code: 3', 'Expected 2 classes, got 1.'],
    ['AlgorithmError: the labels are all the same, exit code: 3', 'the labels are all the same.'],
    ['AlgorithmError: , exit code: 2', expect.stringMatching(/exit status 2 /)],
    ['ClientError: Data download failed', 'ClientError: Data download failed.'],
    ['', expect.stringMatching(/gave no reason/)],
    [undefined, expect.stringMatching(/gave no reason/)],
  ])('with %j says why, and is not tried again', (reason, cause) => {
    expect(outcome(reason)).toEqual({ kind: 'failed', cause });
  });

  it.each([
    ['AlgorithmError: the graph disagrees, exit code: 4', 'crash', 'the graph disagrees.'],
    ['AlgorithmError: , exit code: 134', 'abort', expect.stringMatching(/exit status 134/)],
    ['AlgorithmError: See job logs for more information, exit code: 139', 'crash', expect.stringMatching(/crashed/)],
    ['AlgorithmError: , exit code: 5', 'memory', expect.stringMatching(/memory/)],
    ['AlgorithmError: , exit code: 137', 'memory', expect.stringMatching(/was killed.*memory/)],
    ['AlgorithmError: , exit code: 6', 'disk', expect.stringMatching(/disk/)],
    ['ClientError: No space left on device: 30 GB', 'disk', expect.stringMatching(/disk/)],
    ['AlgorithmError: , exit code: 143', 'interruption', expect.stringMatching(/stopped/)],
    ['InternalServerError: the training host was lost', 'interruption', expect.stringMatching(/lost/)],
  ])('with %j is trouble of the kind %s', (reason, trouble, cause) => {
    expect(outcome(reason)).toEqual({ kind: 'troubled', trouble, cause });
  });

  it('for want of a machine waits for one', () => {
    expect(outcome('CapacityError: Unable to provision requested ML compute capacity')).toEqual({ kind: 'refused' });
  });
});

describe('a run that stopped', () => {
  const outcome = (secondaryStatus: string, startedAt?: number, stopAsked = false) =>
    outcomeOf({ status: RunStatus.Stopped, secondaryStatus, startedAt }, record({ run: run({ stopAsked }) }));

  it('says by whom', () => {
    expect(outcome('MaxRuntimeExceeded', 1)).toMatchObject({ kind: 'failed', cause: expect.stringMatching(/3600 s/) });
    const cause = expect.stringMatching(/from outside/);
    expect(outcome('Stopped', 1)).toEqual({ kind: 'troubled', trouble: Trouble.Interruption, cause });
  });

  it('without ever having had a machine waits for one', () => {
    expect(outcome('MaxWaitTimeExceeded', 1)).toEqual({ kind: 'refused' });
    expect(outcome('Stopped')).toEqual({ kind: 'refused' });
  });

  it('because its job was paused is no failure, however it says so', () => {
    expect(outcome('Stopped', 1, true)).toEqual({ kind: 'stopped' });
    const failure = { status: RunStatus.Failed, failureReason: 'AlgorithmError: , exit code: 143' };
    expect(outcomeOf(failure, record({ run: run({ stopAsked: true }) }))).toEqual({ kind: 'stopped' });
  });

  it.each([RunStatus.InProgress, RunStatus.Stopping])('is not over while it is %s', (status) => {
    expect(outcomeOf({ status }, record())).toEqual({ kind: 'going-on' });
  });
});

describe('what a training program printed', () => {
  const progress = (done: number) =>
    JSON.stringify({ event: 'progress', phase: 'search', done, total: 9, message: 'Trying', best: null });

  it('is its last progress and its last 50 lines', () => {
    const texts = [progress(1), 'Traceback', progress(2), ...Array.from({ length: 60 }, (_, index) => `line ${index}`)];
    const printed = readPrinted(texts.map((text, index) => ({ at: index * 1000, text })));
    expect(printed.progress).toEqual({
      phase: 'search',
      done: 2,
      total: 9,
      message: 'Trying',
      best: null,
      at: '1970-01-01T00:00:02.000Z',
    });
    expect(printed.lines).toHaveLength(50);
    expect(printed.lines.at(-1)).toBe('line 59');
  });

  it('has its phase, its trial, its best and the seconds left, whatever else the program says', () => {
    const told = { phase: 'search', done: 3, total: 9, message: 'Trying', best: 0.9, trial: 3, secondsLeft: 12.5 };
    const printed = readPrinted([{ at: 0, text: JSON.stringify({ event: 'progress', ...told, loss: 0.1 }) }]);
    expect(printed.progress).toEqual({ ...told, at: '1970-01-01T00:00:00.000Z' });
  });

  it('may be anything', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.json())), (texts) => {
        const printed = readPrinted(texts.map((text) => ({ at: 0, text })));
        expect(printed.lines).toEqual(texts.slice(-50));
      }),
    );
  });
});
