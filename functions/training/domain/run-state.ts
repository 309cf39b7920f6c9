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
  /** When its program ended, milliseconds since 1970. */
  readonly endedAt?: number | undefined;
}

/** Finer statuses to which a run comes only by its program. */
const begunStatuses: readonly (string | undefined)[] = ['Training', 'Uploading', 'Completed', 'MaxRuntimeExceeded'];

/** Whether a run has had its machine: before that the service looks for one and brings it what it needs. */
export const hasBegun = ({ status, secondaryStatus, startedAt }: RunState): boolean =>
  startedAt !== undefined || status === RunStatus.Completed || begunStatuses.includes(secondaryStatus);

export const hasEnded = ({ status }: RunState): boolean =>
  status !== RunStatus.InProgress && status !== RunStatus.Stopping;
