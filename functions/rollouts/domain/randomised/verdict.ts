/** Turns randomised evidence into a verdict: promote, hold or roll back, with the reason and the numbers behind it. */
import { Hypothesis, isExpired, type Verdict, VerdictReason, verdictOf } from '../../../../contracts/verdicts.ts';
import { messageOf } from './message.ts';
import { numbersOf, type RandomisedNumbers } from './numbers.ts';
import type { RandomisedPolicy } from './policy.ts';
import { assertRandomisedState, type RandomisedState } from './state.ts';

/** What the evidence cannot know. */
export type RandomisedContext = {
  /** Whether the rollout's time is over. */
  readonly deadlinePassed: boolean;
  /** Whether labels are missing more often in one arm than in the other. @default false */
  readonly labelsMissing?: boolean;
};

export type RandomisedVerdict = {
  readonly verdict: Verdict;
  readonly reason: VerdictReason;
  /** Whether the rollout has run its length: the champion stays. */
  readonly expired: boolean;
  /** One sentence for a person. */
  readonly message: string;
  readonly numbers: RandomisedNumbers;
};

/**
 * Judges a challenger by the units so far. Rollback is looked at first: it is safe whatever else is wrong. A process that
 * has once passed its threshold has passed it for good (Ville's inequality bounds the supremum).
 *
 * Errors: promotion needs all of its processes, so that α bounds it without a correction (intersection–union); rollback
 * averages the metrics' e-values, which is an e-value however they depend on each other.
 * @throws InvalidRandomisedStateError, InvalidRandomisedPolicyError
 */
export const decideRandomised = (
  state: RandomisedState,
  policy: RandomisedPolicy,
  context: RandomisedContext,
): RandomisedVerdict => {
  assertRandomisedState(state, policy);
  const numbers = numbersOf(state, policy);
  const reason = reasonOf(numbers, policy, context);
  return {
    verdict: verdictOf(reason),
    reason,
    expired: isExpired(reason),
    message: messageOf(reason, numbers, policy),
    numbers,
  };
};

const reasonOf = (
  numbers: RandomisedNumbers,
  policy: RandomisedPolicy,
  { deadlinePassed, labelsMissing = false }: RandomisedContext,
): VerdictReason => {
  const { units, thresholdPromote, thresholdRollback } = numbers;
  if (numbers.eValueRollback >= thresholdRollback) return harmOf(numbers, policy);
  const rewardShown = numbers.eValuePromote >= thresholdPromote;
  const allShown = rewardShown && numbers.eValueGuardrails >= thresholdPromote;
  const splitBroken = numbers.eValueSampleRatio >= numbers.thresholdSampleRatio;
  const comparable = !splitBroken && !labelsMissing;
  if (allShown && comparable && units >= policy.minimumUnits) return shownOf(policy);
  if (deadlinePassed || units >= policy.maximumUnits) return VerdictReason.HorizonReached;
  // Rewards that one arm loses break the split too: the nearer cause is said.
  if (labelsMissing) return VerdictReason.LabelsMissing;
  if (splitBroken) return VerdictReason.SampleRatio;
  if (numbers.eValueTripwire >= numbers.thresholdTripwire) return VerdictReason.Tripwire;
  if (allShown) return VerdictReason.TooFewUnits;
  return rewardShown ? VerdictReason.GuardrailsOpen : VerdictReason.InsufficientEvidence;
};

const shownOf = ({ hypothesis }: RandomisedPolicy): VerdictReason =>
  hypothesis === Hypothesis.NonInferiority ? VerdictReason.NonInferior : VerdictReason.Superior;

/** The reward alone, where its share of the average is enough. */
const harmOf = ({ eValueRollbackReward, thresholdRollback }: RandomisedNumbers, { metrics }: RandomisedPolicy) =>
  eValueRollbackReward >= metrics.length * thresholdRollback
    ? VerdictReason.WorseThanMargin
    : VerdictReason.GuardrailsWorse;
