import { MetricName } from '../../contracts/telemetry.ts';
import { type ChallengerResult, Fault, isHeldAgainst } from './challengers/result.ts';
import { scoreOf } from './domain/score.ts';
import type { Answer } from './loaded-model.ts';
import type { ModelFault } from './model-errors.ts';
import type { ServedModel } from './served-model.ts';

/** Values of metrics by their names; booleans as 0 and 1, times in ms. */
export type Metrics = Readonly<Partial<Record<keyof typeof MetricName, number>>>;

/** What a model's route says of how answers are measured. */
type Measure = Pick<ServedModel, 'route' | 'scoreClass'>;

const isSlow = (milliseconds: number, { route }: Measure): number =>
  Number(milliseconds > (route.slowMilliseconds ?? Number.POSITIVE_INFINITY));

/** @returns nothing where there is no answer, or one that has no score */
const scoreMetric = (
  name: typeof MetricName.ChampionScore | typeof MetricName.ChallengerScore,
  answer: Answer | undefined,
  { scoreClass }: Measure,
): Metrics => {
  const score = scoreOf(answer?.probabilities, scoreClass);
  return score === undefined ? {} : { [name]: score };
};

const rounded = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000;

/** What the champion made of a request: without an answer nobody gave one. */
export interface ChampionResult {
  readonly answer?: Answer;
  /** Where the version itself failed. */
  readonly fault?: ModelFault;
}

/** How a request went on the champion's arm. */
export const championMetrics = (
  { answer, fault }: ChampionResult,
  milliseconds: number,
  measure: Measure,
): Metrics => ({
  [MetricName.ChampionFailure]: Number(answer === undefined),
  [MetricName.ChampionMalformed]: Number(fault === 'malformed'),
  [MetricName.ChampionSlow]: isSlow(milliseconds, measure),
  [MetricName.ChampionLatency]: rounded(milliseconds),
  ...scoreMetric(MetricName.ChampionScore, answer, measure),
});

/**
 * How a request went on the challenger's arm, or in shadow.
 *
 * @returns nothing where the challenger was not ready, which is the platform's affair; of one that was not asked because
 *   it is broken the failure alone
 */
export const challengerMetrics = ({ answer, fault, milliseconds }: ChallengerResult, measure: Measure): Metrics => {
  if (fault !== undefined && !isHeldAgainst(fault)) return {};
  const failure = { [MetricName.ChallengerFailure]: Number(fault !== undefined) };
  if (fault === Fault.Missing) return failure;
  return {
    ...failure,
    [MetricName.ChallengerMalformed]: Number(fault === Fault.Malformed),
    [MetricName.ChallengerSlow]: isSlow(milliseconds, measure),
    [MetricName.ChallengerLatency]: rounded(milliseconds),
    ...scoreMetric(MetricName.ChallengerScore, answer, measure),
  };
};
