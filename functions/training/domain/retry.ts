import { type JobRecord, Trouble } from './job-record.ts';
import { largerMemories, remainingSeconds } from './machines.ts';

/** What a run that went wrong leads to. */
export type RetryDecision =
  | { readonly kind: 'retry'; readonly detail: string; readonly change: Partial<JobRecord> }
  | { readonly kind: 'fail'; readonly failure: string };

/** A full disk is made so many times larger. */
const volumeFactor = 4;

/**
 * Whether a job is tried again after a run that went wrong, and what is different then: after a crash once as it was,
 * after an abort once on the next larger type, after a want of memory on the next larger type each time and the last
 * time on the largest, after a full disk once with a larger one, and after an interruption from its checkpoint; never
 * more often than the policy allows, nor beyond the time that it allows.
 *
 * @param job - with what all its runs took
 * @param cause - why the run failed, in one sentence
 */
export const decideRetry = (job: JobRecord, trouble: Trouble, cause: string): RetryDecision => {
  const { retries } = job;
  const way = exhausted(job, trouble) ?? ways[trouble](job);
  if ('failure' in way) return { kind: 'fail', failure: `${cause} ${way.failure}` };
  const { how, change } = way;
  return {
    kind: 'retry',
    detail: `${cause} It is tried again ${how}.`,
    change: { ...change, retries: [...retries, trouble] },
  };
};

/** How a job goes on, or why it cannot and what a person can do. */
type Way = { readonly how: string; readonly change?: Partial<JobRecord> } | { readonly failure: string };

const exhausted = (job: JobRecord, trouble: Trouble): Way | undefined => {
  const { retries, maximumRetries, maximumSeconds } = job;
  if (retries.length >= maximumRetries) {
    const tried = retries.length === 0 ? 'once' : `${retries.length + 1} times`;
    return {
      failure: `It was tried ${tried}, and maximumRetries of the policy allows no more. ${advice[trouble]}`,
    };
  }
  return remainingSeconds(job) > 0
    ? undefined
    : { failure: `Its limit of ${maximumSeconds} s is used up. Raise maximumSeconds of the training policy.` };
};

const typeOfRun = ({ run, instanceTypes }: JobRecord) => run?.instanceType ?? instanceTypes[0] ?? 'ml.m5.large';

const withMemory = (minimumMemoryGigabytes: number): Way => ({
  how: `with ${minimumMemoryGigabytes} GB of memory or more`,
  change: { minimumMemoryGigabytes },
});

const ways: Readonly<Record<Trouble, (job: JobRecord) => Way>> = {
  [Trouble.Crash]: ({ retries }) =>
    retries.includes(Trouble.Crash)
      ? { failure: `It was tried twice. ${advice[Trouble.Crash]}` }
      : { how: 'as it was' },
  [Trouble.Abort]: (job) => {
    if (job.retries.includes(Trouble.Abort)) return { failure: `It was tried twice. ${advice[Trouble.Abort]}` };
    const [next] = largerMemories(job, typeOfRun(job));
    return next === undefined ? { how: 'as it was' } : withMemory(next);
  },
  [Trouble.Memory]: (job) => {
    const isLast = job.retries.length === job.maximumRetries - 1;
    const next = largerMemories(job, typeOfRun(job)).at(isLast ? -1 : 0);
    if (next !== undefined) return withMemory(next);
    const allowing = job.allowedDollars === undefined ? 'the policy allows' : 'the policy and its budget allow';
    return { failure: `No type that ${allowing} has more memory than ${typeOfRun(job)}. ${advice[Trouble.Memory]}` };
  },
  [Trouble.Disk]: (job) => {
    const volumeGigabytes = job.volumeGigabytes * volumeFactor;
    return job.retries.includes(Trouble.Disk)
      ? { failure: `It had ${job.volumeGigabytes} GB. ${advice[Trouble.Disk]}` }
      : { how: `with a disk of ${volumeGigabytes} GB`, change: { volumeGigabytes } };
  },
  [Trouble.Interruption]: () => ({ how: 'from its checkpoint' }),
};

/** What a person can do. */
const advice: Readonly<Record<Trouble, string>> = {
  [Trouble.Crash]: 'Its log may say where; start it again, or with another recipe.',
  [Trouble.Abort]: 'Start it again, or name a type with more memory in instanceTypes of the training policy.',
  [Trouble.Memory]: 'Name a larger one in instanceTypes of the training policy.',
  [Trouble.Disk]: 'Train on fewer cases, or with parameters that write less.',
  [Trouble.Interruption]: 'Start it again.',
};
