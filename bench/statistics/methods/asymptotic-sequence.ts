import { type ArmTotals, varianceOf } from '../tally.ts';
import { type Boundary, excessOf, type Question } from './question.ts';

const ALPHA = 0.05;
/** Outcomes of both arms together at which the interval is meant to be tightest: GrowthBook's default. */
const TUNED_TO = 5000;
/** ρ² of the mixture. */
const RHO_SQUARED = (-2 * Math.log(ALPHA) + Math.log(1 - 2 * Math.log(ALPHA))) / TUNED_TO;

/** Sample variance over the size; infinite for one outcome, whose variance nobody knows. */
const squaredError = (totals: ArmTotals): number => varianceOf(totals) / (totals.outcomes - 1);

/**
 * Asymptotic confidence sequence, two-sided at 95%, in the form that GrowthBook documents for its sequential tests:
 * the difference ± √(N·V)·√(2(Nρ²+1)·ln(√(Nρ²+1)/α))/(Nρ), N outcomes in both arms, V the squared standard error.
 * Source: GrowthBook's documentation, "Sequential testing" (docs.growthbook.io/statistics/sequential); Waudby-Smith,
 * Arbour, Sinha, Kennedy and Ramdas, arXiv 2103.06476v7, equations 9 and 161.
 */
export const asymptoticSequence =
  (question: Question): Boundary =>
  (tally) => {
    const excess = excessOf(tally, question);
    if (excess <= 0) return false;
    const { champion, challenger } = tally;
    const size = champion.outcomes + challenger.outcomes;
    const variance = squaredError(champion) + squaredError(challenger);
    const grown = size * RHO_SQUARED + 1;
    const halfWidth =
      Math.sqrt((size * variance * 2 * grown * Math.log(Math.sqrt(grown) / ALPHA)) / RHO_SQUARED) / size;
    return variance > 0 && excess > halfWidth;
  };
