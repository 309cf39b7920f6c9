import { type JobRecord, Trouble } from './job-record.ts';
import { nextMemory } from './machines.ts';

/** What a run that went wrong leads to. */
export type RetryDecision =
  | { readonly kind: 'retry'; readonly detail: string; readonly change: Partial<JobRecord> }
  | { readonly kind: 'fail'; readonly failure: string };

/** A full disk is made so many times larger. */
const volumeFactor = 4;

/**
 * Whether a job is tried again after a run that went wrong, and what is different then: after a crash once as it was,
 * after a want of memory on the next larger type that is allowed, after a full disk once with a larger one, and after
 * an interruption from its checkpoint; never more often than the policy allows.
 *
 * @param cause - why the run failed, in one sentence
 */
export const decideRetry = (job: JobRecord, trouble: Trouble, cause: string): RetryDecision => {
  const { retries, maximumRetries } = job;
  const fail = (advice: string): RetryDecision => ({ kind: 'fail', failure: `${cause} ${advice}` });
  if (retries.length >= maximumRetries) {
    const tried =
      retries.length === 0 ? 'once, and maximumRetries of the policy allows no more' : `${retries.length + 1} times`;
    return fail(`It was tried ${tried}. ${advice[trouble]}`);
  }
  const again = (how: string, change: Partial<JobRecord> = {}): RetryDecision => ({
    kind: 'retry',
    detail: `${cause} It is tried again ${how}.`,
    change: { ...change, retries: [...retries, trouble] },
  });
  const { instanceType = job.instanceTypes[0] ?? 'ml.m5.large' } = job.run ?? {};
  switch (trouble) {
    case Trouble.Crash:
      return retries.includes(trouble) ? fail(`It was tried twice. ${advice[trouble]}`) : again('as it was');
    case Trouble.Memory: {
      const minimumMemoryGigabytes = nextMemory(job, instanceType);
      return minimumMemoryGigabytes === undefined
        ? fail(`No type that the policy allows has more memory than ${instanceType}. ${advice[trouble]}`)
        : again(`with ${minimumMemoryGigabytes} GB of memory or more`, { minimumMemoryGigabytes });
    }
    case Trouble.Disk: {
      const volumeGigabytes = job.volumeGigabytes * volumeFactor;
      return retries.includes(trouble)
        ? fail(`It had ${job.volumeGigabytes} GB. ${advice[trouble]}`)
        : again(`with a disk of ${volumeGigabytes} GB`, { volumeGigabytes });
    }
    case Trouble.Interruption:
      return again('from its checkpoint');
  }
};

/** What a person can do. */
const advice: Readonly<Record<Trouble, string>> = {
  [Trouble.Crash]: 'Its log may say where; start it again, or with another recipe.',
  [Trouble.Memory]: 'Name a larger one in instanceTypes of the training policy.',
  [Trouble.Disk]: 'Train on fewer cases, or with parameters that write less.',
  [Trouble.Interruption]: 'Start it again.',
};
