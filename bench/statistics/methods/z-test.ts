import { type Boundary, excessOf, type Question, separateVariance } from './question.ts';

/** 95% and 97.5% quantiles of the standard normal distribution. */
export const oneSided5 = 1.6448536269514722;
export const twoSided5 = 1.959963984540054;

/** The textbook test of two means, whose error holds for one look at a size that was fixed beforehand. */
export const zTest =
  (question: Question, critical: number): Boundary =>
  (tally) => {
    const variance = separateVariance(tally);
    return variance > 0 && excessOf(tally, question) >= critical * Math.sqrt(variance);
  };
