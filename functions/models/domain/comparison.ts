import type { LabelValue } from '../../../contracts/cases.ts';
import { mcNemarWorse } from './mcnemar.ts';
import { signedRankAbove } from './wilcoxon.ts';

/** A version's answers to cases, in their order; undefined where it failed. */
type GivenLabels = readonly (LabelValue | undefined)[];

/** The same cases as both versions answered them. */
export interface Compared {
  readonly labels: readonly LabelValue[];
  readonly champion: GivenLabels;
  readonly challenger: GivenLabels;
}

/** How a version did against the champion. */
export interface Comparison {
  /** That it is worse, one-sided, in [0, 1]. */
  readonly pValue: number;
  /** What was found, in words. */
  readonly found: string;
  readonly numbers: Readonly<Record<string, number>>;
}

/** The exact McNemar test on who was right. */
const compareClasses = ({ labels, champion, challenger }: Compared): Comparison => {
  const count = (holds: (championRight: boolean, challengerRight: boolean) => boolean): number =>
    labels.filter((label, row) => holds(champion[row] === label, challenger[row] === label)).length;
  const [championCorrect, challengerCorrect] = [count((theirs) => theirs), count((_, ours) => ours)];
  const [championOnly, challengerOnly] = [
    count((theirs, ours) => theirs && !ours),
    count((theirs, ours) => ours && !theirs),
  ];
  const pValue = mcNemarWorse({ championOnly, challengerOnly });
  return {
    pValue,
    found:
      `${challengerCorrect} right against ${championCorrect}, ${championOnly} only by the champion and ` +
      `${challengerOnly} only by this version, p = ${pValue.toPrecision(3)}`,
    numbers: { championCorrect, challengerCorrect, championOnly, challengerOnly },
  };
};

/** Nothing is further from the truth than no answer. */
const errorOf = (answer: LabelValue | undefined, label: LabelValue): number =>
  typeof answer === 'number' && typeof label === 'number' ? Math.abs(answer - label) : Number.POSITIVE_INFINITY;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The signed-rank test on the sizes of the errors, case by case. */
const compareNumbers = ({ labels, champion, challenger }: Compared): Comparison => {
  const errorsOf = (answers: GivenLabels): number[] => labels.map((label, row) => errorOf(answers[row], label));
  const [theirs, ours] = [errorsOf(champion), errorsOf(challenger)];
  const pValue = signedRankAbove(
    ours.map((error, row) => (error === theirs[row] ? 0 : error - (theirs[row] as number))),
  );
  const [championError, challengerError] = [mean(theirs), mean(ours)];
  const rootOfSquares = (errors: readonly number[]): number => Math.sqrt(mean(errors.map((error) => error ** 2)));
  const [championRmse, challengerRmse] = [rootOfSquares(theirs), rootOfSquares(ours)];
  // Infinity is no JSON.
  const all = { championError, challengerError, championRmse, challengerRmse };
  return {
    pValue,
    found:
      `a mean absolute error of ${challengerError.toPrecision(3)} against ${championError.toPrecision(3)}, ` +
      `p = ${pValue.toPrecision(3)}`,
    numbers: Object.fromEntries(Object.entries(all).filter(([, value]) => Number.isFinite(value))),
  };
};

/** Compares a version with the champion on cases, of which there is at least one. */
export const compare = (compared: Compared): Comparison =>
  typeof compared.labels[0] === 'number' ? compareNumbers(compared) : compareClasses(compared);
