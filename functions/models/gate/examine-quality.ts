import type { GatePolicy } from '../../../contracts/model.ts';
import type { GateFinding } from '../../../contracts/versions.ts';
import { type Answer, type LoadedModel, ModelFailureError, type Tensors } from '../../inference/index.ts';
import { type Comparison, finiteFinding, latencyFinding, notWorseFinding, parityFinding } from '../domain/findings.ts';
import { arrangeFor, type Holdout } from '../domain/holdout-predictions.ts';

const leastPredictions = 200;
const warmUpPredictions = 20;
const rowsAtOnce = 1024;

export interface Champion {
  readonly version: string;
  readonly model: LoadedModel;
}

/** Rows from `start` to `end` of the holdout. */
const take = ({ signature, numeric, categorical }: Holdout, start: number, end: number): Tensors => {
  const [k, m] = [signature.numeric.length, signature.categorical.length];
  return {
    rows: end - start,
    numeric: numeric.subarray(start * k, end * k),
    categorical: categorical.slice(start * m, end * m),
  };
};

/** @returns an answer for each row, and none where the graph failed */
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

const compare = (
  challenger: readonly (Answer | undefined)[],
  { version, model }: Champion,
  holdout: Holdout,
): Comparison => {
  const right = (answers: readonly (Answer | undefined)[]): boolean[] =>
    holdout.labels.map((label, row) => answers[row]?.label === label);
  const [ours, theirs] = [right(challenger), right(answerAll(model, arrangeFor(holdout, model.signature)))];
  const count = (hold: (row: number) => boolean): number => holdout.labels.filter((_, row) => hold(row)).length;
  return {
    champion: version,
    rows: holdout.rows,
    championCorrect: count((row) => theirs[row] === true),
    challengerCorrect: count((row) => ours[row] === true),
    championOnly: count((row) => theirs[row] === true && ours[row] === false),
    challengerOnly: count((row) => ours[row] === true && theirs[row] === false),
  };
};

/**
 * Finds out how good a version is: on the holdout, which is no part of what it was trained on.
 *
 * @param champion - undefined where none serves yet
 * @param stopwatch - ms
 */
export const examineQuality = (
  model: LoadedModel,
  holdout: Holdout,
  champion: Champion | undefined,
  policy: GatePolicy,
  stopwatch: () => number,
): GateFinding[] => {
  const answers = answerAll(model, holdout);
  const given = answers.filter((answer) => answer !== undefined);
  const finite = finiteFinding(answers.length - given.length, answers.length);
  const comparison = champion === undefined ? undefined : compare(answers, champion, holdout);
  const notWorse = notWorseFinding(comparison, policy.significance);
  // What fails has no probabilities to compare and no time worth measuring.
  if (!finite.passed) return [finite, notWorse];
  const found = new Float32Array(given.flatMap(({ probabilities }) => [...probabilities]));
  return [
    finite,
    parityFinding(holdout.expected, found),
    latencyFinding(timePredictions(model, holdout, stopwatch), policy.latencyMilliseconds),
    notWorse,
  ];
};
