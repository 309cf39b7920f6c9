import type { GatePolicy } from '../../../contracts/model.ts';
import type { GateFinding } from '../../../contracts/versions.ts';
import { type Answer, type LoadedModel, ModelFailureError, type Tensors } from '../../inference/index.ts';
import { finiteFinding, latencyFinding, parityFinding } from '../domain/findings.ts';
import { groupsOf } from '../domain/groups.ts';
import { arrangeFor, type Holdout } from '../domain/holdout-predictions.ts';
import { type AgainstChampion, notWorseFinding, notWorseOnGoldFinding, slicesFinding } from '../domain/not-worse.ts';
import type { Whole } from './examine-integrity.ts';

const leastPredictions = 200;
const warmUpPredictions = 20;
const rowsAtOnce = 1024;

export interface Champion {
  readonly version: string;
  readonly model: LoadedModel;
}

/** None where the graph failed. */
type Answers = readonly (Answer | undefined)[];

/** Rows from `start` to `end` of the holdout. */
const take = ({ signature, numeric, categorical }: Holdout, start: number, end: number): Tensors => {
  const [k, m] = [signature.numeric.length, signature.categorical.length];
  return {
    rows: end - start,
    numeric: numeric.subarray(start * k, end * k),
    categorical: categorical.slice(start * m, end * m),
  };
};

const answerRows = (model: LoadedModel, holdout: Holdout, start: number, end: number): (Answer | undefined)[] => {
  try {
    return model.run(take(holdout, start, end));
  } catch (error) {
    if (!(error instanceof ModelFailureError)) throw error;
    if (end - start === 1) return [undefined];
    const middle = (start + end) >>> 1;
    return [...answerRows(model, holdout, start, middle), ...answerRows(model, holdout, middle, end)];
  }
};

const answerAll = (model: LoadedModel, holdout: Holdout): (Answer | undefined)[] => {
  const answers: (Answer | undefined)[] = [];
  for (let start = 0; start < holdout.rows; start += rowsAtOnce) {
    answers.push(...answerRows(model, holdout, start, Math.min(start + rowsAtOnce, holdout.rows)));
  }
  return answers;
};

const timePredictions = (model: LoadedModel, holdout: Holdout, stopwatch: () => number): number[] => {
  const times: number[] = [];
  const predictions = warmUpPredictions + Math.max(leastPredictions, Math.min(holdout.rows, 2 * leastPredictions));
  for (let done = 0; done < predictions; done += 1) {
    const row = done % holdout.rows;
    const tensors = take(holdout, row, row + 1);
    const start = stopwatch();
    model.run(tensors);
    times.push(stopwatch() - start);
  }
  return times.slice(warmUpPredictions);
};

/** @returns both versions' answers to cases; undefined where none serves yet, or there is no case */
const againstChampion = (
  answers: Answers,
  champion: Champion | undefined,
  cases: Holdout,
): AgainstChampion | undefined => {
  if (champion === undefined || cases.rows === 0) return undefined;
  const { version, model } = champion;
  const labelsOf = (given: Answers) => given.map((answer) => answer?.label);
  return {
    version,
    labels: cases.labels,
    champion: labelsOf(answerAll(model, arrangeFor(cases, model.signature))),
    challenger: labelsOf(answers),
  };
};

/** The numbers that answers are made of, as the graph gave them. */
const flatten = (answers: Answers): Float32Array =>
  Float32Array.from(
    answers.flatMap((answer) =>
      answer?.probabilities === undefined ? [Number(answer?.label)] : [...answer.probabilities],
    ),
  );

/** What a version is examined on. */
export interface Examined extends Pick<Whole, 'model' | 'holdout' | 'gold'> {
  /** Fields by whose values the model tells metrics apart. */
  readonly slices: readonly string[];
}

/**
 * Finds out how good a version is: on the holdout and on the gold cases, no part of which it was trained on.
 *
 * @param champion - undefined where none serves yet
 * @param stopwatch - ms
 */
export const examineQuality = (
  { model, holdout, gold, slices }: Examined,
  champion: Champion | undefined,
  { significance, latencyMilliseconds }: GatePolicy,
  stopwatch: () => number,
): GateFinding[] => {
  const answers = answerAll(model, holdout);
  const finite = finiteFinding(answers.filter((answer) => answer === undefined).length, holdout);
  const onHoldout = againstChampion(answers, champion, holdout);
  const notWorse = notWorseFinding(onHoldout, significance);
  // What fails has no answers to compare and no time worth measuring.
  if (!finite.passed) return [finite, notWorse];
  const onGold = againstChampion(answerAll(model, gold), champion, gold);
  return [
    finite,
    parityFinding(holdout, flatten(answers)),
    latencyFinding(timePredictions(model, holdout, stopwatch), latencyMilliseconds),
    notWorse,
    notWorseOnGoldFinding(onGold, gold.rows, significance),
    slicesFinding(onHoldout, groupsOf(holdout, slices), significance),
  ];
};
