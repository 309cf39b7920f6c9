/**
 * What the evidence says about a challenger, and why.
 * These literals are an API: they are stored with a rollout, audited and matched by its state machine.
 */

/** The three answers to "may this challenger replace the champion?". */
export const Verdict = {
  Promote: 'promote',
  Hold: 'hold',
  RollBack: 'roll-back',
} as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];

/** Why a verdict was given. Each reason stands for one verdict. */
export const VerdictReason = {
  /** Shown worse than the champion by more than the margin. */
  WorseThanMargin: 'worse-than-margin',
  /** Shown not to be worse than the champion by the margin or more. */
  NonInferior: 'non-inferior',
  /** Shown better than the champion. */
  Superior: 'superior',
  /** The rollout ran out of pairs or time with nothing shown: the champion stays. */
  HorizonReached: 'horizon-reached',
  /** Shown worse than the champion, not yet by more than the margin: the weight must not grow. */
  Tripwire: 'tripwire',
  /** A promotion is shown, but on fewer pairs than the policy asks for. */
  TooFewPairs: 'too-few-pairs',
  /** A promotion is shown, but on fewer units than the policy asks for. */
  TooFewUnits: 'too-few-units',
  /** Shown worse on a guardrail, or on the metrics together, by more than their margins. */
  GuardrailsWorse: 'guardrails-worse',
  /** A promotion is shown on the reward, but not yet that every guardrail holds. */
  GuardrailsOpen: 'guardrails-open',
  /** The arms do not have the sizes that the split gives them: nothing that they show can be trusted. */
  SampleRatio: 'sample-ratio',
  /** More labels are missing in one arm than in the other: what is there may not be compared. */
  LabelsMissing: 'labels-missing',
  /** Nothing shown either way so far. */
  InsufficientEvidence: 'insufficient-evidence',
} as const;
export type VerdictReason = (typeof VerdictReason)[keyof typeof VerdictReason];

/** What a rollout is judged by, as its model declares. */
export const EvidenceKind = {
  /** Champion and challenger scored on the same validated cases: where the answer does not change the label. */
  Paired: 'paired',
  /** Rewards of live answers, split by the sticky hash: where the answer changes what happens. */
  Randomised: 'randomised',
} as const;
export type EvidenceKind = (typeof EvidenceKind)[keyof typeof EvidenceKind];

/** What has to be shown before a challenger is promoted. Fixed before the rollout begins. */
export const Hypothesis = {
  /** The challenger is not worse than the champion by the margin or more. */
  NonInferiority: 'non-inferiority',
  /** The challenger is better than the champion. */
  Superiority: 'superiority',
} as const;
export type Hypothesis = (typeof Hypothesis)[keyof typeof Hypothesis];

const verdicts: Readonly<Record<VerdictReason, Verdict>> = {
  'worse-than-margin': Verdict.RollBack,
  'non-inferior': Verdict.Promote,
  superior: Verdict.Promote,
  'horizon-reached': Verdict.Hold,
  tripwire: Verdict.Hold,
  'too-few-pairs': Verdict.Hold,
  'too-few-units': Verdict.Hold,
  'guardrails-worse': Verdict.RollBack,
  'guardrails-open': Verdict.Hold,
  'sample-ratio': Verdict.Hold,
  'labels-missing': Verdict.Hold,
  'insufficient-evidence': Verdict.Hold,
};

/** The verdict that a reason stands for. */
export const verdictOf = (reason: VerdictReason): Verdict => verdicts[reason];

/** Whether the rollout has run its length and keeps the champion. */
export const isExpired = (reason: VerdictReason): boolean => reason === VerdictReason.HorizonReached;

const rampStoppers: readonly VerdictReason[] = [
  VerdictReason.Tripwire,
  VerdictReason.SampleRatio,
  VerdictReason.LabelsMissing,
];

/** Whether the rollout goes on, but its weight must not grow. */
export const stopsRamp = (reason: VerdictReason): boolean => rampStoppers.includes(reason);
