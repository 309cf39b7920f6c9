import { ForeignAnswerError, ProblemError, type Schemas } from '../client/index.ts';
import { ExitCode } from './exit-codes.ts';

/** An end that a person is told in one message; anything else that is thrown is a fault of the program. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode, options: ErrorOptions = {}) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** The API answered with a problem. Its message holds the problem's own words, and each fault by its pointer. */
class RefusedError extends CommandError {
  override readonly name = 'RefusedError';
  readonly problem: Schemas['Problem'];

  constructor(problem: Schemas['Problem'], options: ErrorOptions = {}) {
    const faults = (problem.errors ?? []).map(({ pointer, detail }) => `  ${pointer || '/'}: ${detail}`);
    super([`${problem.title}. ${problem.detail}`, ...faults].join('\n'), ExitCode.Refused, options);
    this.problem = problem;
  }
}

/** Nothing answers, or not what the API answers. */
export class UnreachableError extends CommandError {
  override readonly name = 'UnreachableError';

  constructor(url: string, why: string, options: ErrorOptions = {}) {
    const message = `Expected the API at ${url}: ${why}. Start it with npm start, or give its address with --url.`;
    super(message, ExitCode.Unreachable, options);
  }
}

/** What says where the API is, and with which token, is missing or cannot be used. */
export class SettingsError extends CommandError {
  override readonly name = 'SettingsError';

  constructor(message: string, options: ErrorOptions = {}) {
    super(message, ExitCode.Usage, options);
  }
}

/** The drill ended otherwise than with the alarm's rollback, or not in time. */
export class DrillFailedError extends CommandError {
  override readonly name = 'DrillFailedError';

  constructor(message: string) {
    super(message, ExitCode.Refused);
  }
}

/** A training or an evaluation ended without what it was begun for. */
export class WorkFailedError extends CommandError {
  override readonly name = 'WorkFailedError';

  constructor(message: string) {
    super(message, ExitCode.Refused);
  }
}

/** What was begun goes on, and takes longer than anybody waits. */
export class UnfinishedError extends CommandError {
  override readonly name = 'UnfinishedError';

  constructor(message: string) {
    super(message, ExitCode.Refused);
  }
}

/** There is none of what the command is about. */
export class AbsentError extends CommandError {
  override readonly name = 'AbsentError';

  constructor(message: string) {
    super(message, ExitCode.Refused);
  }
}

/** What a person is told of an error, where it is one that a person can do something about. */
export const commandErrorOf = (error: unknown): CommandError | undefined => {
  if (error instanceof CommandError) return error;
  if (error instanceof ProblemError) return new RefusedError(error.problem, { cause: error });
  if (error instanceof ForeignAnswerError) {
    return new UnreachableError(new URL(error.url).origin, `what answered there with ${error.status} is another`, {
      cause: error,
    });
  }
  return undefined;
};
