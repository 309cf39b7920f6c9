import { WorkflowError } from '../../../contracts/workflows.ts';

/** An error as a state machine hands it on. */
export interface MachineError {
  readonly Error: string;
  readonly Cause?: string | undefined;
}

/** The part of a failed function's answer that says why. */
const messageOf = (cause: string | undefined): string | undefined => {
  if (cause === undefined || cause === '') return undefined;
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : undefined;
  } catch {
    return cause;
  }
};

const spoken: readonly string[] = Object.values(WorkflowError);

/** Why a job failed, in one sentence that a person understands. */
export const explainError = ({ Error: name, Cause: cause }: MachineError): string => {
  const message = messageOf(cause);
  if (spoken.includes(name) && message !== undefined) return message;
  if (name === 'States.Timeout') return 'A step of the training took longer than its limit; start the training again.';
  const why = message === undefined ? name : `${name}: ${message}`;
  return `A step of the training broke (${why}); start it again, and see the logs if that fails too.`;
};

/** What exit statuses of a training program mean where it could not say so itself; training-container/README.md lists them. */
const exitMeanings: Readonly<Record<string, string>> = {
  '5': 'The training ran out of memory; train on a larger instance.',
  '137': 'The training process was killed, most often because memory ran out; train again, or on a larger instance.',
  '139': 'The training process crashed (segmentation fault); train again, and see its logs if that fails too.',
  '143': 'The training process was stopped before it had finished; train again.',
};

/** What SageMaker says where the program left no reason. */
const noReason = /^(See job logs for more information|Please use an instance type with more memory.*)?$/;

/**
 * A failure reason of the training service in one sentence: `AlgorithmError: REASON, exit code: N` or
 * `ClientError: REASON`.
 */
export const explainTrainingFailure = (reason: string | undefined): string => {
  if (reason === undefined || reason === '') return 'The training failed without a reason; see its logs.';
  const [, said = '', status = ''] = /^AlgorithmError: (.*?),? exit code: (\d+)$/s.exec(reason) ?? [];
  if (status === '') return reason.replace(/\s+/g, ' ').trim();
  const spokenReason = said.replace(/\s+/g, ' ').trim();
  if (!noReason.test(spokenReason)) return spokenReason;
  return exitMeanings[status] ?? `The training program ended with exit status ${status} and no reason; see its logs.`;
};
