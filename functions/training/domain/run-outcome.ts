import { brief } from './failure.ts';
import { type JobRecord, Trouble } from './job-record.ts';
import { hasEnded, type RunState, RunStatus } from './run-state.ts';

/** What the end of a run means for its job. */
export type RunOutcome =
  | { readonly kind: 'going-on' }
  | { readonly kind: 'trained' }
  /** It was stopped because its job is, or was, paused. */
  | { readonly kind: 'stopped' }
  /** There was no machine for it. */
  | { readonly kind: 'refused' }
  /** Another try may help. */
  | { readonly kind: 'troubled'; readonly trouble: Trouble; readonly cause: string }
  | { readonly kind: 'failed'; readonly cause: string };

/** What a state of a job's present run means. */
export const outcomeOf = (state: RunState, job: Pick<JobRecord, 'maximumSeconds' | 'run'>): RunOutcome => {
  if (!hasEnded(state)) return { kind: 'going-on' };
  if (state.status === RunStatus.Completed) return { kind: 'trained' };
  if (job.run?.stopAsked === true) return { kind: 'stopped' };
  return state.status === RunStatus.Failed
    ? outcomeOfFailure(state.failureReason ?? '')
    : outcomeOfStop(state, job.maximumSeconds);
};

/** @param limit - seconds that all runs of the job may take together */
const outcomeOfStop = ({ secondaryStatus, startedAt }: RunState, limit: number): RunOutcome => {
  if (secondaryStatus === 'MaxRuntimeExceeded') {
    return {
      kind: 'failed',
      cause: `The training took longer than its limit of ${limit} s, all its runs together. Raise maximumSeconds of the training policy, or name a larger instance.`,
    };
  }
  // What is stopped before it has a machine waited too long for one, or somebody saw it wait.
  if (secondaryStatus === 'MaxWaitTimeExceeded' || startedAt === undefined) return { kind: 'refused' };
  const cause = 'The training was stopped from outside this platform.';
  return { kind: 'troubled', trouble: Trouble.Interruption, cause };
};

/** Of a configuration or data that no other try makes better; training-container/README.md lists all exit statuses. */
const hopeless: readonly string[] = ['2', '3'];

/** What another try may help against, by exit status; of others a library ended the process. */
const troubles: Readonly<Record<string, Trouble>> = {
  '4': Trouble.Crash,
  '5': Trouble.Memory,
  '6': Trouble.Disk,
  '137': Trouble.Memory,
  '139': Trouble.Crash,
  '143': Trouble.Interruption,
};

/** What an exit status says where the program could not say more. */
const exitMeanings: Readonly<Record<string, string>> = {
  '5': 'The training ran out of memory.',
  '6': 'The disk of the training machine was full.',
  '137': 'The training process was killed, most often because memory ran out.',
  '139': 'The training process crashed.',
  '143': 'The training process was stopped before it was done.',
};

/** What the service says by itself where the program left no `output/failure`. */
const generic = /^(see job logs for more information|please use an instance type with more memory.*)?\.?$/i;

/** @param reason - as the service gives it: `AlgorithmError: WHAT, exit code: N`, or another kind of error */
const outcomeOfFailure = (reason: string): RunOutcome => {
  if (reason.startsWith('CapacityError')) return { kind: 'refused' };
  if (reason.startsWith('InternalServerError')) {
    const cause = 'The training service lost the machine of the training.';
    return { kind: 'troubled', trouble: Trouble.Interruption, cause };
  }
  if (/no space left on device/i.test(reason)) {
    return { kind: 'troubled', trouble: Trouble.Disk, cause: 'The disk of the training machine was full.' };
  }
  const [, what = '', code = ''] = /^AlgorithmError: (.*?),? ?exit code: (\d+)$/s.exec(reason) ?? [undefined, reason];
  const cause = explain(what, code);
  const trouble = troubles[code] ?? (code === '' || hopeless.includes(code) ? undefined : Trouble.Abort);
  return trouble === undefined ? { kind: 'failed', cause } : { kind: 'troubled', trouble, cause };
};

/** Why a program failed, so that a person understands it. */
const explain = (what: string, code: string): string => {
  const said = brief(what);
  if (!generic.test(said)) return /[.!?…]$/.test(said) ? said : `${said}.`;
  if (code === '') return 'The training failed and gave no reason. Its log may say more.';
  return (
    exitMeanings[code] ??
    `The training program ended with exit status ${code} and gave no reason. Its log may say more.`
  );
};
