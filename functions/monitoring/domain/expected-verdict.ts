import type { LabelMaturity } from '../../../contracts/monitoring.ts';

/** How far the rollout that runs has come; times in ms since 1970. */
export interface Progress {
  readonly rollout: string;
  readonly startedAt: number;
  /** When it expires without a verdict. */
  readonly deadline: number;
  /** Pairs or units that were counted so far. */
  readonly samples: number;
  /** With which a verdict is expected; undefined where none is. */
  readonly needed: number | undefined;
  /** From a prediction or a case until its sample counts. */
  readonly delaySeconds: number;
}

const dayMilliseconds = 86_400_000;
/** Samples from which on their own rate says more than that of the labels. */
const enoughForRate = 20;

/**
 * When a verdict is to be expected, at the rate at which samples have come so far, or at that of labels while there are
 * few.
 *
 * @param labelsPerDay - of the model
 */
export const expectVerdict = (
  { rollout, startedAt, deadline, samples, needed, delaySeconds }: Progress,
  labelsPerDay: number,
  now: number,
): NonNullable<LabelMaturity['verdict']> => {
  const countedFor = (now - startedAt) / dayMilliseconds - delaySeconds / 86_400;
  const samplesPerDay = samples >= enoughForRate && countedFor > 0 ? samples / countedFor : labelsPerDay;
  const left = needed === undefined ? Number.POSITIVE_INFINITY : Math.max(0, needed - samples);
  const waited = Math.max(0, -countedFor);
  const days = left === 0 ? 0 : waited + left / samplesPerDay;
  const at = now + days * dayMilliseconds;
  const expectedAt = at <= deadline ? new Date(at).toISOString() : null;
  return { rollout, samples, samplesPerDay, expectedAt };
};
