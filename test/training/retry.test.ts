import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { instances, instanceTypes } from '../../contracts/instances.ts';
import { TrainingPolicy } from '../../contracts/model.ts';
import { type JobRecord, Trouble } from '../../functions/training/domain/job-record.ts';
import { candidatesOf, machinesOf, mostDollars } from '../../functions/training/domain/machines.ts';
import { decideRetry } from '../../functions/training/domain/retry.ts';
import { record, run } from './records.ts';

const cause = 'It went wrong.';

/** What a job that always meets the same trouble comes to. */
const until = (
  trouble: Trouble,
  given: Partial<JobRecord> = {},
): { retries: number; failure: string; job: JobRecord } => {
  let job = record({ run: run(), maximumRetries: 5, ...given });
  for (let retries = 0; ; retries += 1) {
    const decision = decideRetry(job, trouble, cause);
    if (decision.kind === 'fail') return { retries, failure: decision.failure, job };
    const changed = { ...job, ...decision.change };
    job = { ...changed, run: run({ instanceType: candidatesOf(changed)[0] ?? 'ml.m5.large' }) };
  }
};

describe('a run that went wrong', () => {
  it('is tried again once as it was after a crash', () => {
    const { retries, failure, job } = until(Trouble.Crash);
    expect({ retries, job }).toMatchObject({ retries: 1, job: { volumeGigabytes: 30 } });
    expect(failure).toBe(
      'It went wrong. It was tried twice. Its log may say where; start it again, or with another recipe.',
    );
  });

  it('is tried on the next larger type that is allowed when its memory ran out', () => {
    const { retries, failure, job } = until(Trouble.Memory);
    expect(candidatesOf(job)).toEqual(['ml.m5.xlarge']);
    expect(retries).toBe(1);
    expect(failure).toMatch(/more memory than ml\.m5\.xlarge\. Name a larger one in instanceTypes/);
  });

  it('is tried on the largest type the last time that the policy allows, when its memory runs out each time', () => {
    const instanceTypes = ['ml.m5.large', 'ml.m5.xlarge', 'ml.m5.2xlarge', 'ml.m5.4xlarge'] as const;
    const { retries, failure, job } = until(Trouble.Memory, { maximumRetries: 2, instanceTypes: [...instanceTypes] });
    expect({ retries, types: candidatesOf(job) }).toEqual({ retries: 2, types: ['ml.m5.4xlarge'] });
    expect(failure).toMatch(/It was tried 3 times, and maximumRetries of the policy allows no more\./);
  });

  it('is tried on a larger type once where a library ended its process, or as it was where there is none', () => {
    const { retries, failure, job } = until(Trouble.Abort);
    expect({ retries, types: candidatesOf(job) }).toEqual({ retries: 1, types: ['ml.m5.xlarge'] });
    expect(failure).toMatch(/^It went wrong\. It was tried twice\./);
    expect(until(Trouble.Abort, { instanceTypes: ['ml.m5.large'] }).retries).toBe(1);
  });

  it('is never given a type that would cost more than the month has left', () => {
    const allowed = record({ run: run(), allowedDollars: 0.12, instanceTypes: ['ml.m5.large', 'ml.g5.2xlarge'] });
    expect(candidatesOf(allowed)).toEqual(['ml.m5.large']);
    expect(decideRetry(allowed, Trouble.Memory, cause)).toMatchObject({
      failure: expect.stringMatching(/^It went wrong\. No type that the policy and its budget allow has more memory/),
    });
    // After half of its time, the rest of it on the other costs less.
    const later = { ...allowed, allowedDollars: 1, trainedSeconds: 1800, spentDollars: 0.0575 };
    expect(candidatesOf(later)).toEqual(['ml.m5.large', 'ml.g5.2xlarge']);
    expect(mostDollars(later, 'ml.g5.2xlarge')).toBe(0.815);
  });

  it('is not tried again once the time of all runs is used up', () => {
    const spent = record({ run: run(), trainedSeconds: 3600 });
    for (const trouble of Object.values(Trouble)) {
      expect(decideRetry(spent, trouble, cause)).toEqual({
        kind: 'fail',
        failure: 'It went wrong. Its limit of 3600 s is used up. Raise maximumSeconds of the training policy.',
      });
    }
  });

  it('is tried with a larger disk once', () => {
    const { retries, failure, job } = until(Trouble.Disk);
    expect({ retries, disk: job.volumeGigabytes }).toEqual({ retries: 1, disk: 120 });
    expect(failure).toMatch(/It had 120 GB/);
  });

  it('goes on from its checkpoint after every interruption, as often as the policy allows', () => {
    for (const maximumRetries of [0, 1, 5]) {
      const { retries, failure } = until(Trouble.Interruption, { maximumRetries });
      expect(retries).toBe(maximumRetries);
      expect(failure).toMatch(/It was tried .*\. Start it again\.$/);
    }
  });

  it('is never tried more often than the policy allows, and its failure is one that a person can act on', () => {
    const troubles = fc.array(fc.constantFrom(...Object.values(Trouble)), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(
        troubles,
        fc.integer({ min: 0, max: 5 }),
        fc.shuffledSubarray([...instanceTypes], { minLength: 1 }),
        (met, maximumRetries, types) => {
          let job = record({
            run: run({ instanceType: types[0] ?? 'ml.m5.large' }),
            maximumRetries,
            instanceTypes: types,
          });
          for (const trouble of met) {
            const decision = decideRetry(job, trouble, cause);
            if (decision.kind === 'fail') {
              expect(decision.failure).toMatch(/^It went wrong\. [A-Z].*\.$/);
              return;
            }
            job = { ...job, ...decision.change };
            expect(job.retries.length).toBeLessThanOrEqual(maximumRetries);
            expect(candidatesOf(job).length).toBeGreaterThan(0);
          }
        },
      ),
    );
  });
});

describe('the machines of a job', () => {
  const policy = TrainingPolicy.parse({});

  it('are chosen by its recipe: graphics cards for networks, processors for tables', () => {
    const gpus = (name: 'tabular' | 'network') =>
      machinesOf({ name }, policy).instanceTypes.map((type) => instances[type].gpus);
    expect(gpus('tabular')).toEqual([0, 0, 0, 0]);
    expect(gpus('network')).toEqual([1, 1, 0, 0, 0]);
  });

  it('are those of the policy where it names any, and cost at most what their first costs for their time', () => {
    const chosen = machinesOf(
      { name: 'tabular' },
      TrainingPolicy.parse({ instanceTypes: ['ml.c5.xlarge', 'ml.m5.large'], spot: true, maximumSeconds: 1800 }),
    );
    expect(chosen).toMatchObject({ instanceTypes: ['ml.c5.xlarge', 'ml.m5.large'], estimatedDollars: 0.0408 });
  });
});
