import { Hypothesis } from '../../../../contracts/verdicts.ts';
import { type Division, noReserve } from '../evidence.ts';
import { assertRandomisedPolicy, type MetricPolicy, type RandomisedPolicy } from './policy.ts';
import type { NullHypothesis } from './two-sample-evidence.ts';

/** The two nulls of each metric. */
type MetricNulls = {
  readonly metric: MetricPolicy;
  readonly promotion: NullHypothesis;
  readonly rollback: NullHypothesis;
};

/**
 * What a policy bets against:
 *
 *     null          of          says            refuted when the challenger is            leads to
 *     promotion     reward      μ_B − μ_A ≤ −m  not worse by the margin m (≤ 0: better)   promote, if all are refuted
 *                   guardrails  μ_B − μ_A ≤ −m  not worse by the margin m
 *     rollback      each        μ_B − μ_A ≥ −m  worse by more than the margin             roll back, by their average
 *     tripwire      reward      μ_B − μ_A ≥ 0   worse at all                              hold the weight
 *     ramp          reward      μ_B − μ_A ≤ −r  not worse by the ramp's margin r          let the weight grow
 */
export type Nulls = {
  /** In the order of the policy's metrics. */
  readonly metrics: readonly [MetricNulls, ...MetricNulls[]];
  readonly tripwire: NullHypothesis;
  readonly ramp: NullHypothesis;
};

/** A policy is plain data that nobody changes, and is asked for its nulls with every block. */
const known = new WeakMap<RandomisedPolicy, Nulls>();

/**
 * The nulls that a policy bets against.
 * @throws InvalidRandomisedPolicyError
 */
export const nullsOf = (policy: RandomisedPolicy): Nulls => {
  const found = known.get(policy);
  if (found !== undefined) return found;
  assertRandomisedPolicy(policy);
  const nulls = computeNulls(policy);
  known.set(policy, nulls);
  return nulls;
};

const computeNulls = ({ hypothesis, metrics, rollbackReserve, rampMargin, rampEffects }: RandomisedPolicy): Nulls => {
  const { share, firstUnits, parts } = rollbackReserve;
  const reserve: Division['reserve'] = { share, first: firstUnits, parts };
  const nullsOfMetric = (metric: MetricPolicy, promotionBoundary: number): MetricNulls => ({
    metric,
    promotion: { direction: 1, boundary: promotionBoundary, effects: metric.promotionEffects, reserve: noReserve },
    rollback: { direction: -1, boundary: -metric.margin, effects: metric.rollbackEffects, reserve },
  });
  const [reward, ...guardrails] = metrics as [MetricPolicy, ...MetricPolicy[]];
  const primary = nullsOfMetric(reward, hypothesis === Hypothesis.Superiority ? 0 : -reward.margin);
  return {
    metrics: [primary, ...guardrails.map((metric) => nullsOfMetric(metric, -metric.margin))],
    tripwire: { ...primary.rollback, boundary: 0 },
    ramp: { direction: 1, boundary: -rampMargin, effects: rampEffects, reserve: noReserve },
  };
};
