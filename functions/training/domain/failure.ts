import { JobStatus } from '../../../contracts/statuses.ts';
import { type EndJobInput, WorkflowError } from '../../../contracts/workflows.ts';
import type { Ending } from './job-changes.ts';

type CaughtError = NonNullable<EndJobInput['error']>;

const longest = 500;

/** The first so many characters, on one line. */
export const brief = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
};

/** The message in a cause: Step Functions gives a function's error as JSON, a token's failure as it was sent. */
const messageOf = (cause: string): string => {
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : cause;
  } catch {
    return cause;
  }
};

/** Errors of ours, whose messages are written for people and hold nobody's data. */
const told: ReadonlySet<string> = new Set(Object.values(WorkflowError));

/** Why a step of the machine failed, so that a person understands it. */
export const explainError = ({ Error: name, Cause: cause = '' }: CaughtError): string => {
  const message = brief(messageOf(cause));
  if (told.has(name) && message !== '') return message;
  if (name === 'States.Timeout') {
    return 'A step of the training took longer than its limit. Start the training again.';
  }
  return `A step of the training failed with ${name}. Start the training again; if it fails again, the log of its execution says where.`;
};

/**
 * How a job ends by what its machine came to. Once a version is registered the training is completed, whatever became
 * of its rollout; what the gate thinks of it stands with the version.
 */
export const endingOf = ({ registered, error }: Pick<EndJobInput, 'registered' | 'error'>): Ending => {
  if (registered !== undefined) {
    const { version } = registered;
    if (error === undefined) return { status: JobStatus.Completed, version };
    const failure = `${version} is registered, but its rollout did not begin: ${explainError(error)}`;
    return { status: JobStatus.Completed, version, failure };
  }
  if (error?.Error === WorkflowError.Cancelled) return { status: JobStatus.Cancelled };
  const failure =
    error === undefined ? 'The training ended without a version and without a reason.' : explainError(error);
  return { status: JobStatus.Failed, failure };
};
