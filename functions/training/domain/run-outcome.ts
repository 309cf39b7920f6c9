import { WorkflowError } from '../../../contracts/workflows.ts';
import { brief } from './failure.ts';

/** Statuses of a run, in the words of the training service. */
export const RunStatus = {
  InProgress: 'InProgress',
  Completed: 'Completed',
  Failed: 'Failed',
  Stopping: 'Stopping',
  Stopped: 'Stopped',
} as const;
export type RunStatus = (typeof RunStatus)[keyof typeof RunStatus];

/** What the training service says of a run. */
export interface RunState {
  readonly status: RunStatus;
  readonly secondaryStatus?: string | undefined;
  readonly failureReason?: string | undefined;
  /** When its program started, milliseconds since 1970. */
  readonly startedAt?: number | undefined;
}

/** What the state of the machine that waits for a run is told. */
export type RunOutcome =
  | { readonly kind: 'going-on' }
  | { readonly kind: 'trained' }
  | { readonly kind: 'failed'; readonly error: string; readonly cause: string };

const failed = (cause: string, error: string = WorkflowError.TrainingFailed): RunOutcome => ({
  kind: 'failed',
  error,
  cause,
});

/**
 * What a state of a run means for its job.
 *
 * @param maximumSeconds - the limit that the run was given
 */
export const outcomeOf = (
  { status, secondaryStatus, failureReason = '' }: RunState,
  maximumSeconds: number,
): RunOutcome => {
  switch (status) {
    case RunStatus.Completed:
      return { kind: 'trained' };
    case RunStatus.Failed:
      return failureReason.startsWith(WorkflowError.Capacity)
        ? failed('The training service had no free machine of the kind that the policy names.', WorkflowError.Capacity)
        : failed(explainFailure(failureReason));
    case RunStatus.Stopped:
      return failed(
        secondaryStatus === 'MaxRuntimeExceeded'
          ? `The training took longer than its limit of ${maximumSeconds} s. Raise maximumSeconds of the training policy, or name a larger instance.`
          : 'The training was stopped from outside this platform. Start it again.',
      );
    default:
      return { kind: 'going-on' };
  }
};

/** What an exit status says where the program could not say more; training-container/README.md lists them. */
const exitMeanings: Readonly<Record<string, string>> = {
  '5': 'The training ran out of memory. Name a larger instance in the training policy.',
  '137': 'The training process was killed, most often because memory ran out. Train again, or name a larger instance.',
  '139': 'The training process crashed. Train again; if it crashes again, its log says where.',
  '143': 'The training process was stopped before it was done. Train again.',
};

/** What the service says by itself where the program left no `output/failure`. */
const generic = /^(see job logs for more information|please use an instance type with more memory.*)?\.?$/i;

/**
 * Why a run failed, so that a person understands it.
 *
 * @param reason - as the service gives it: `AlgorithmError: WHAT, exit code: N`, or another kind of error
 */
const explainFailure = (reason: string): string => {
  if (reason.trim() === '') return 'The training failed and gave no reason. Its log may say more.';
  const [, what = '', code] = /^AlgorithmError: (.*?),? ?exit code: (\d+)$/s.exec(reason) ?? [undefined, reason];
  const said = brief(what);
  if (!generic.test(said)) return /[.!?…]$/.test(said) ? said : `${said}.`;
  return (
    exitMeanings[code ?? ''] ??
    `The training program ended with exit status ${code ?? 'unknown'} and gave no reason. Its log may say more.`
  );
};
