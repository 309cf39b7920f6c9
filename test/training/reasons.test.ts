import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { WorkflowError } from '../../contracts/workflows.ts';
import { endingOf, explainError } from '../../functions/training/domain/failure.ts';
import { readPrinted } from '../../functions/training/domain/printed-lines.ts';
import { outcomeOf, RunStatus } from '../../functions/training/domain/run-outcome.ts';

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
  const causeOf = (failureReason: string | undefined): unknown =>
    outcomeOf({ status: RunStatus.Failed, failureReason }, 60);

  it.each([
    ['AlgorithmError: Expected 2 classes, got 1., exit code: 3', 'Expected 2 classes, got 1.'],
    ['AlgorithmError: the labels are all the same, exit code: 3', 'the labels are all the same.'],
    ['AlgorithmError: , exit code: 137', expect.stringMatching(/was killed.*memory/)],
    ['AlgorithmError: See job logs for more information, exit code: 139', expect.stringMatching(/crashed/)],
    ['AlgorithmError: , exit code: 42', expect.stringMatching(/exit status 42/)],
    ['ClientError: Data download failed', 'ClientError: Data download failed.'],
    ['InternalServerError: the training host was lost', 'InternalServerError: the training host was lost.'],
    ['', expect.stringMatching(/gave no reason/)],
    [undefined, expect.stringMatching(/gave no reason/)],
  ])('with %j says why', (reason, cause) => {
    expect(causeOf(reason)).toEqual({ kind: 'failed', error: 'TrainingFailedError', cause });
  });

  it('for want of a machine is tried again', () => {
    expect(causeOf('CapacityError: Unable to provision requested ML compute capacity')).toMatchObject({
      kind: 'failed',
      error: 'CapacityError',
    });
  });
});

describe('a run that stopped', () => {
  it.each([
    ['MaxRuntimeExceeded', /limit of 60 s/],
    ['Stopped', /from outside/],
  ])('with %s says by whom', (secondaryStatus, cause) => {
    expect(outcomeOf({ status: RunStatus.Stopped, secondaryStatus }, 60)).toMatchObject({
      kind: 'failed',
      cause: expect.stringMatching(cause),
    });
  });

  it.each([RunStatus.InProgress, RunStatus.Stopping])('is not over while it is %s', (status) => {
    expect(outcomeOf({ status }, 60)).toEqual({ kind: 'going-on' });
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

  it('may be anything', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.json())), (texts) => {
        const printed = readPrinted(texts.map((text) => ({ at: 0, text })));
        expect(printed.lines).toEqual(texts.slice(-50));
      }),
    );
  });
});
