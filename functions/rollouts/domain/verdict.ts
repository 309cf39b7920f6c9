/** Turns evidence into a verdict: promote, hold or roll back, with the reason and the numbers behind it. */
import { Hypothesis, isExpired, type Verdict, VerdictReason, verdictOf } from '../../../contracts/verdicts.ts';
import { finiteExp, logEvidenceOf } from './evidence.ts';
import { pairedInterval } from './paired-interval.ts';
import type { PairedPolicy } from './paired-policy.ts';
import { assertPairedState, discordantOf, nullHypotheses, type PairedState, pairsOf } from './paired-process.ts';

/** What the evidence cannot know. */
export type VerdictContext = {
  /** Whether the rollout's time is over. */
  readonly deadlinePassed: boolean;
};

/** Means and differences are shares, e-values plain numbers of at most 1e125. */
type VerdictNumbers = {
  readonly pairs: number;
  readonly discordant: number;
  readonly challengerOnlyRight: number;
  readonly championOnlyRight: number;
  /** Share of pairs in which the champion was right, null without pairs. */
  readonly meanChampion: number | null;
  readonly meanChallenger: number | null;
  /** Challenger's mean − champion's, null without pairs. */
  readonly difference: number | null;
  /** 95% bounds of the difference, approximate and for display: never decides. */
  readonly interval: [low: number, high: number];
  /** Natural logarithm of the e-value now, which may have fallen from its peak. */
  readonly logEvidencePromote: number;
  readonly logEvidenceRollback: number;
  /** Largest e-value so far: decides against the threshold. */
  readonly eValuePromote: number;
  readonly eValueRollback: number;
  readonly eValueTripwire: number;
  /** 1/α. */
  readonly thresholdPromote: number;
  readonly thresholdRollback: number;
  readonly thresholdTripwire: number;
};

/** The reasons that pairs can give. */
type PairedReason = Extract<
  VerdictReason,
  | 'worse-than-margin'
  | 'non-inferior'
  | 'superior'
  | 'horizon-reached'
  | 'tripwire'
  | 'too-few-pairs'
  | 'insufficient-evidence'
>;

export type PairedVerdict = {
  readonly verdict: Verdict;
  readonly reason: PairedReason;
  /** Whether the rollout has run its length: the champion stays. */
  readonly expired: boolean;
  /** One sentence for a person. */
  readonly message: string;
  readonly numbers: VerdictNumbers;
};

/**
 * Judges a challenger by the pairs so far. Rollback is looked at first; a process that has once passed its threshold
 * has passed it for good (Ville's inequality bounds the supremum).
 * @throws InvalidPairedStateError, InvalidPairCountsError, InvalidPairedPolicyError
 */
export const decide = (state: PairedState, policy: PairedPolicy, context: VerdictContext): PairedVerdict => {
  assertPairedState(state, policy);
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

const reasonOf = (numbers: VerdictNumbers, policy: PairedPolicy, context: VerdictContext): PairedReason => {
  const { pairs, eValuePromote, eValueRollback, eValueTripwire } = numbers;
  const promotable = eValuePromote >= numbers.thresholdPromote;
  if (eValueRollback >= numbers.thresholdRollback) return VerdictReason.WorseThanMargin;
  if (promotable && pairs >= policy.minimumPairs)
    return policy.hypothesis === Hypothesis.NonInferiority ? VerdictReason.NonInferior : VerdictReason.Superior;
  if (context.deadlinePassed || pairs >= policy.maximumPairs) return VerdictReason.HorizonReached;
  if (eValueTripwire >= numbers.thresholdTripwire) return VerdictReason.Tripwire;
  return promotable ? VerdictReason.TooFewPairs : VerdictReason.InsufficientEvidence;
};

const numbersOf = (state: PairedState, policy: PairedPolicy): VerdictNumbers => {
  const nulls = nullHypotheses(policy);
  const pairs = pairsOf(state);
  const meanOf = (count: number): number | null => (pairs === 0 ? null : count / pairs);
  return {
    pairs,
    discordant: discordantOf(state),
    challengerOnlyRight: state.challengerOnly,
    championOnlyRight: state.championOnly,
    meanChampion: meanOf(state.both + state.championOnly),
    meanChallenger: meanOf(state.both + state.challengerOnly),
    difference: meanOf(state.challengerOnly - state.championOnly),
    interval: pairedInterval(state),
    logEvidencePromote: logEvidenceOf(state.promotion, nulls.promotion),
    logEvidenceRollback: logEvidenceOf(state.rollback, nulls.rollback),
    eValuePromote: finiteExp(state.promotion.peakLogEvidence),
    eValueRollback: finiteExp(state.rollback.peakLogEvidence),
    eValueTripwire: finiteExp(state.tripwire.peakLogEvidence),
    thresholdPromote: 1 / policy.promotionAlpha,
    thresholdRollback: 1 / policy.rollbackAlpha,
    thresholdTripwire: policy.tripwireThreshold,
  };
};

const messageOf = (reason: PairedReason, numbers: VerdictNumbers, policy: PairedPolicy): string => {
  const margin = `${short(100 * policy.margin)} points`;
  const conclusions: Readonly<Record<PairedReason, string>> = {
    [VerdictReason.WorseThanMargin]: `Roll back: the challenger is worse than the champion by more than ${margin}`,
    [VerdictReason.NonInferior]: `Promote: the challenger is not worse than the champion by ${margin} or more`,
    [VerdictReason.Superior]: 'Promote: the challenger is better than the champion',
    [VerdictReason.HorizonReached]: 'Hold and expire: the rollout has run its length, the champion stays',
    [VerdictReason.Tripwire]: `Hold the weight: the challenger is worse than the champion, though not yet shown to be by ${margin}`,
    [VerdictReason.TooFewPairs]: `Hold: promotion is shown, but waits for ${policy.minimumPairs} pairs`,
    [VerdictReason.InsufficientEvidence]: 'Hold: the evidence does not decide yet',
  };
  return `${conclusions[reason]}; ${observed(numbers)}; ${evidenceFor(reason, numbers)}.`;
};

const observed = ({ pairs, challengerOnlyRight, championOnlyRight, difference }: VerdictNumbers): string =>
  difference === null
    ? 'no pairs so far'
    : `in ${pairs} pairs the challenger alone was right ${challengerOnlyRight} times and the champion alone ` +
      `${championOnlyRight} times (${difference > 0 ? '+' : ''}${short(100 * difference)} points)`;

const evidenceFor = (reason: PairedReason, numbers: VerdictNumbers): string => {
  const against = (evidence: number, threshold: number) => `${short(evidence)} (${short(threshold)} needed)`;
  const promotion = against(numbers.eValuePromote, numbers.thresholdPromote);
  const rollback = against(numbers.eValueRollback, numbers.thresholdRollback);
  const tripwire = against(numbers.eValueTripwire, numbers.thresholdTripwire);
  const both = `e-value ${promotion} for promotion, ${rollback} for rollback`;
  return reason === VerdictReason.Tripwire ? `${both}, ${tripwire} for holding the weight` : both;
};

/** Three significant digits. */
const short = (value: number): string => (value >= 1e6 ? value.toExponential(1) : String(Number(value.toPrecision(3))));
