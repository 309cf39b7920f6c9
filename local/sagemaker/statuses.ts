/** Statuses of a training job, as the SageMaker API names them. */
export const JobStatus = {
  InProgress: 'InProgress',
  Stopping: 'Stopping',
  Stopped: 'Stopped',
  Completed: 'Completed',
  Failed: 'Failed',
} as const;
export type JobStatus = (typeof JobStatus)[keyof typeof JobStatus];

/** The finer statuses that this endpoint passes through, a subset of the API's. */
export const SecondaryStatus = {
  Starting: 'Starting',
  Downloading: 'Downloading',
  Training: 'Training',
  Interrupted: 'Interrupted',
  Uploading: 'Uploading',
  Stopping: 'Stopping',
  Stopped: 'Stopped',
  MaxRuntimeExceeded: 'MaxRuntimeExceeded',
  MaxWaitTimeExceeded: 'MaxWaitTimeExceeded',
  Completed: 'Completed',
  Failed: 'Failed',
} as const;
export type SecondaryStatus = (typeof SecondaryStatus)[keyof typeof SecondaryStatus];

/** What `SecondaryStatusTransitions` says about each. */
export const statusMessage: Readonly<Record<SecondaryStatus, string>> = {
  Starting: 'Preparing the instances for training',
  Downloading: 'Downloading input data',
  Training: 'Training image download completed. Training in progress.',
  Interrupted: 'Training job interrupted: the spot instance was taken away',
  Uploading: 'Uploading generated training model',
  Stopping: 'Stopping the training job',
  Stopped: 'Training job stopped',
  MaxRuntimeExceeded: 'Training job runtime exceeded MaxRuntimeInSeconds provided',
  MaxWaitTimeExceeded: 'Training job wait time exceeded MaxWaitTimeInSeconds provided',
  Completed: 'Training job completed',
  Failed: 'Training job failed',
};

const ended: readonly JobStatus[] = [JobStatus.Completed, JobStatus.Failed, JobStatus.Stopped];

/** Whether a job in this status can never change again. */
export const hasEnded = (status: JobStatus): boolean => ended.includes(status);
