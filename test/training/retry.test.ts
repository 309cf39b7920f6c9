import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { instances, instanceTypes } from '../../contracts/instances.ts';
import { TrainingPolicy } from '../../contracts/model.ts';
import { type JobRecord, Trouble } from '../../functions/training/domain/job-record.ts';
import { candidatesOf, machinesOf } from '../../functions/training/domain/machines.ts';
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
