import type { JudgedVerdict } from '../../../contracts/rollouts.ts';
import type { RandomisedVerdict } from './randomised/verdict.ts';
import type { PairedVerdict } from './verdict.ts';

/** A verdict as it is stored and shown: when it was given, and in which stage. */
export const judgedVerdict = (
  { verdict, reason, message, numbers }: PairedVerdict | RandomisedVerdict,
  stage: string,
  at: string,
): JudgedVerdict => ({
  at,
  stage,
  verdict,
  reason,
  message,
  numbers: { ...numbers, interval: [...numbers.interval] },
});
