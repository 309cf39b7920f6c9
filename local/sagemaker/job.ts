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
  return {
    ...job,
    ...timesOf(job, secondaryStatus, now),
    secondaryStatus,
    modifiedAt: now,
    transitions: [...closed, next],
  };
}

/** What bounds the training: from the first start of its program to the last end. */
function timesOf(job: Job, secondaryStatus: SecondaryStatus, now: Instant) {
  if (secondaryStatus === SecondaryStatus.Training) {
    return { trainingStartedAt: job.trainingStartedAt ?? now };
  }
  return secondaryStatus === SecondaryStatus.Uploading ? { trainingEndedAt: now } : {};
}

const idle: readonly SecondaryStatus[] = [
  SecondaryStatus.Interrupted,
  SecondaryStatus.Starting,
  SecondaryStatus.Downloading,
];

/** Milliseconds that the job has trained, without those between an interruption and the next start; 0 before the first. */
export function trainedMilliseconds({ trainingStartedAt, trainingEndedAt, transitions }: Job, now: Instant): number {
  if (trainingStartedAt === undefined) {
    return 0;
  }
  const lost = transitions
    .filter(({ status, start }) => idle.includes(status) && start >= trainingStartedAt)
    .reduce((sum, { start, end = now }) => sum + end - start, 0);
  return (trainingEndedAt ?? now) - trainingStartedAt - lost;
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
  | { readonly status: typeof JobStatus.Stopped; readonly why: StopReason };

/** Why a job was stopped, which its secondary status tells. */
export type StopReason = Extract<SecondaryStatus, 'Stopped' | 'MaxRuntimeExceeded' | 'MaxWaitTimeExceeded'>;

export const failed = (reason: string): Ending => ({ status: JobStatus.Failed, reason });
export const stopped = (why: StopReason): Ending => ({ status: JobStatus.Stopped, why });

/** The job as it stays. */
export function end(job: Job, ending: Ending, now: Instant): Job {
  const last = ending.status === JobStatus.Stopped ? ending.why : ending.status;
  const ended = { ...enter(job, last, now), status: ending.status };
  const transitions = ended.transitions.map((transition) => ({ end: now, ...transition }));
  const failure =
    ending.status === JobStatus.Failed ? { failureReason: ending.reason.slice(0, failureReasonLength) } : {};
  const times = ended.trainingStartedAt === undefined ? {} : { trainingEndedAt: ended.trainingEndedAt ?? now };
  return { ...ended, ...times, transitions, ...failure };
}

/** Whether the job still needs its host. */
export const isAlive = (job: Job): boolean => !hasEnded(job.status);
