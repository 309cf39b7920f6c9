import { dayMilliseconds, daySeconds } from '../../../contracts/durations.ts';
import type { LabelMaturity } from '../../../contracts/monitoring.ts';
import type { RolloutProgress } from '../../../contracts/rollout-progress.ts';

/** Samples from which on their own rate says more than that of the labels. */
const enoughForRate = 20;

/**
 * When a verdict is to be expected, at the rate at which samples have come so far, or at that of labels while there are
 * few.
 *
 * @param labelsPerDay - of the model
 */
export const expectVerdict = (
  { rollout, startedAt, deadline, samples, needed, delaySeconds }: RolloutProgress,
  labelsPerDay: number,
  now: number,
): NonNullable<LabelMaturity['verdict']> => {
  const countedFor = (now - startedAt) / dayMilliseconds - delaySeconds / daySeconds;
  const samplesPerDay = samples >= enoughForRate && countedFor > 0 ? samples / countedFor : labelsPerDay;
  const left = needed === undefined ? Number.POSITIVE_INFINITY : Math.max(0, needed - samples);
  const waited = Math.max(0, -countedFor);
  const days = left === 0 ? 0 : waited + left / samplesPerDay;
  const at = now + days * dayMilliseconds;
  const expectedAt = at <= deadline ? new Date(at).toISOString() : null;
  return { rollout, samples, samplesPerDay, expectedAt };
};
