import { finiteExp, greatestEValue, logEvidenceOf } from '../evidence.ts';
import { logRollbackOf } from './bets.ts';
import { approximateDifference } from './interval.ts';
import { nullsOf } from './nulls.ts';
import type { RandomisedPolicy } from './policy.ts';
import { type ArmPast, type RandomisedState, unitsOf } from './state.ts';

/** Means and differences are shares, e-values plain numbers of at most 1e125. */
export type RandomisedNumbers = {
  /** Units of both arms that were bet on. */
  readonly units: number;
  readonly championUnits: number;
  readonly challengerUnits: number;
  /** The same by stage at assignment. */
  readonly unitsByStage: Readonly<Record<string, number>>;
  /** Mean reward over all stages, null without units. */
  readonly meanChampion: number | null;
  readonly meanChallenger: number | null;
  /** Challenger's mean reward − champion's, compared within stages; null without units. */
  readonly difference: number | null;
  /** 95% bounds of the difference, approximate and for display: never decides. */
  readonly interval: [low: number, high: number];
  /** Challenger's mean − champion's of each guardrail over all stages. */
  readonly guardrailDifferences: Readonly<Record<string, number>>;
  /** Natural logarithm of the e-value now, which may have fallen from its peak. */
  readonly logEvidencePromote: number;
  readonly logEvidenceRollback: number;
  /** Largest e-value so far: decides against the threshold. */
  readonly eValuePromote: number;
  /** The least of the guardrails' for promotion; 1e125 without any. */
  readonly eValueGuardrails: number;
  /** Of the average of all metrics. */
  readonly eValueRollback: number;
  readonly eValueRollbackReward: number;
  readonly eValueTripwire: number;
  readonly eValueRamp: number;
  readonly eValueSampleRatio: number;
  /** 1/α. */
  readonly thresholdPromote: number;
  readonly thresholdRollback: number;
  readonly thresholdTripwire: number;
  readonly thresholdSampleRatio: number;
};

/** The numbers behind a verdict. */
export const numbersOf = (state: RandomisedState, policy: RandomisedPolicy): RandomisedNumbers => {
  const nulls = nullsOf(policy);
  const [reward] = state.metrics;
  if (reward === undefined) throw new Error('a checked state has evidence on the reward');
  const { estimate, interval } = approximateDifference(state);
  return {
    units: unitsOf(state),
    championUnits: sumOf(state, ({ champion }) => champion.units),
    challengerUnits: sumOf(state, ({ challenger }) => challenger.units),
    unitsByStage: Object.fromEntries(
      state.strata.map(({ stage, champion, challenger }) => [stage, champion.units + challenger.units]),
    ),
    meanChampion: meanOf(state, policy, 0, ({ champion }) => champion),
    meanChallenger: meanOf(state, policy, 0, ({ challenger }) => challenger),
    difference: estimate,
    interval,
    guardrailDifferences: guardrailDifferences(state, policy),
    logEvidencePromote: logEvidenceOf(reward.promotion, nulls.metrics[0].promotion),
    logEvidenceRollback: logRollbackOf(state.metrics, nulls),
    eValuePromote: finiteExp(reward.promotion.peakLogEvidence),
    eValueGuardrails: Math.min(
      greatestEValue,
      ...state.metrics.slice(1).map(({ promotion }) => finiteExp(promotion.peakLogEvidence)),
    ),
    eValueRollback: finiteExp(state.peakLogRollback),
    eValueRollbackReward: finiteExp(reward.rollback.peakLogEvidence),
    eValueTripwire: finiteExp(state.tripwire.peakLogEvidence),
    eValueRamp: finiteExp(state.ramp.peakLogEvidence),
    eValueSampleRatio: finiteExp(state.peakLogSampleRatio),
    thresholdPromote: 1 / policy.promotionAlpha,
    thresholdRollback: 1 / policy.rollbackAlpha,
    thresholdTripwire: policy.tripwireThreshold,
    thresholdSampleRatio: policy.sampleRatioThreshold,
  };
};

type Stratum = RandomisedState['strata'][number];

const sumOf = ({ strata }: RandomisedState, count: (stratum: Stratum) => number): number =>
  strata.reduce((sum, stratum) => sum + count(stratum), 0);

const meanOf = (
  state: RandomisedState,
  { metrics }: RandomisedPolicy,
  index: number,
  armOf: (stratum: Stratum) => ArmPast,
): number | null => {
  const units = sumOf(state, (stratum) => armOf(stratum).units);
  const bins = metrics[index]?.bins ?? 0;
  return units === 0 ? null : sumOf(state, (stratum) => armOf(stratum).sums[index] ?? 0) / units / (bins - 1);
};

const guardrailDifferences = (state: RandomisedState, policy: RandomisedPolicy): Record<string, number> => {
  if (state.blocks === 0) return {};
  const differences = policy.metrics.map(({ name }, index): [string, number] => {
    const challenger = meanOf(state, policy, index, (stratum) => stratum.challenger) ?? 0;
    const champion = meanOf(state, policy, index, (stratum) => stratum.champion) ?? 0;
    return [name, challenger - champion];
  });
  return Object.fromEntries(differences.slice(1));
};
