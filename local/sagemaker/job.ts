import { account, region } from '../aws-clients.ts';
import type { CreateTrainingJob } from './requests.ts';
import { hasEnded, JobStatus, SecondaryStatus, statusMessage } from './statuses.ts';

/** Milliseconds since 1970. */
export type Instant = number;

type Transition = {
  readonly status: SecondaryStatus;
  readonly start: Instant;
  readonly end?: Instant;
  readonly message: string;
};

/** A training job as it is kept: what was asked for, and how far it is. */
export type Job = {
  readonly request: CreateTrainingJob;
  readonly status: JobStatus;
  readonly secondaryStatus: SecondaryStatus;
  readonly transitions: readonly Transition[];
  readonly createdAt: Instant;
  readonly modifiedAt: Instant;
  /** When the program started and ended. */
  readonly trainingStartedAt?: Instant;
  readonly trainingEndedAt?: Instant;
  readonly failureReason?: string;
};

/** The API shows no more of a failure reason. */
const failureReasonLength = 1024;

export const jobArn = (name: string): string => `arn:aws:sagemaker:${region}:${account}:training-job/${name}`;

/** Where the artifact of a job goes. */
export function modelArtifactUri({ TrainingJobName, OutputDataConfig }: CreateTrainingJob): string {
  return `${OutputDataConfig.S3OutputPath.replace(/\/+$/, '')}/${TrainingJobName}/output/model.tar.gz`;
}

export function newJob(request: CreateTrainingJob, now: Instant): Job {
  const created = { request, status: JobStatus.InProgress, createdAt: now, modifiedAt: now, transitions: [] };
  return enter({ ...created, secondaryStatus: SecondaryStatus.Starting }, SecondaryStatus.Starting, now);
}

/** The job in its next secondary status, with the one before closed. */
export function enter(job: Job, secondaryStatus: SecondaryStatus, now: Instant): Job {
  const closed = job.transitions.map((transition) => (transition.end ? transition : { ...transition, end: now }));
  const next = { status: secondaryStatus, start: now, message: statusMessage[secondaryStatus] };
  return { ...job, ...timesOf(secondaryStatus, now), secondaryStatus, modifiedAt: now, transitions: [...closed, next] };
}

/** What bounds the training, for which alone one pays. */
function timesOf(secondaryStatus: SecondaryStatus, now: Instant): Pick<Job, 'trainingStartedAt' | 'trainingEndedAt'> {
  if (secondaryStatus === SecondaryStatus.Training) {
    return { trainingStartedAt: now };
  }
  return secondaryStatus === SecondaryStatus.Uploading ? { trainingEndedAt: now } : {};
}

/** The job on its way to a stop; unchanged where it is already. */
export function stopping(job: Job, now: Instant): Job {
  return job.status === JobStatus.InProgress
    ? { ...enter(job, SecondaryStatus.Stopping, now), status: JobStatus.Stopping }
    : job;
}

export type Ending =
  | { readonly status: typeof JobStatus.Completed }
  | { readonly status: typeof JobStatus.Failed; readonly reason: string }
  | { readonly status: typeof JobStatus.Stopped; readonly ranTooLong: boolean };

/** The job as it stays. */
export function end(job: Job, ending: Ending, now: Instant): Job {
  const ended = { ...enter(job, lastSecondaryStatus(ending), now), status: ending.status };
  const transitions = ended.transitions.map((transition) => ({ end: now, ...transition }));
  const failure =
    ending.status === JobStatus.Failed ? { failureReason: ending.reason.slice(0, failureReasonLength) } : {};
  const times = ended.trainingStartedAt === undefined ? {} : { trainingEndedAt: ended.trainingEndedAt ?? now };
  return { ...ended, ...times, transitions, ...failure };
}

function lastSecondaryStatus(ending: Ending): SecondaryStatus {
  if (ending.status === JobStatus.Stopped) {
    return ending.ranTooLong ? SecondaryStatus.MaxRuntimeExceeded : SecondaryStatus.Stopped;
  }
  return ending.status;
}

/** Whether the job still needs its host. */
export const isAlive = (job: Job): boolean => !hasEnded(job.status);
