import { Hypothesis, VerdictReason } from '../../../../contracts/verdicts.ts';
import type { RandomisedNumbers } from './numbers.ts';
import type { RandomisedPolicy } from './policy.ts';

/** A verdict in one sentence for a person: the conclusion, what was observed, and the evidence for it. */
export const messageOf = (reason: VerdictReason, numbers: RandomisedNumbers, policy: RandomisedPolicy): string =>
  `${conclusionOf(reason, policy)}; ${observed(numbers)}; ${evidenceFor(reason, numbers)}.`;

const conclusionOf = (reason: VerdictReason, { hypothesis, metrics, minimumUnits }: RandomisedPolicy): string => {
  const margin = `${points(metrics[0]?.margin ?? 0)} points`;
  const guardrails = metrics.slice(1).map(({ name, margin: within }) => `${name} within ${points(within)} points`);
  const aim = hypothesis === Hypothesis.Superiority ? 'better' : `not worse by ${margin} or more`;
  const conclusions: Partial<Record<VerdictReason, string>> = {
    [VerdictReason.WorseThanMargin]: `Roll back: the challenger's reward is worse than the champion's by more than ${margin}`,
    [VerdictReason.GuardrailsWorse]: `Roll back: the challenger is worse on its guardrails than their margins (${guardrails.join(', ')})`,
    [VerdictReason.NonInferior]: `Promote: the challenger is ${aim}, and every guardrail holds`,
    [VerdictReason.Superior]: `Promote: the challenger is ${aim}, and every guardrail holds`,
    [VerdictReason.HorizonReached]: 'Hold and expire: the rollout has run its length, the champion stays',
    [VerdictReason.SampleRatio]:
      'Hold: the arms do not have the sizes of the split, so what they show cannot be compared; look for requests or ' +
      'rewards that one arm loses',
    [VerdictReason.LabelsMissing]:
      'Hold: rewards are missing more often in one arm than in the other, so those that came cannot be compared',
    [VerdictReason.Tripwire]: `Hold the weight: the challenger's reward is worse than the champion's, though not yet shown to be by ${margin}`,
    [VerdictReason.TooFewUnits]: `Hold: promotion is shown, but waits for ${minimumUnits} units`,
    [VerdictReason.GuardrailsOpen]: `Hold: the reward is shown to be ${aim}, but not yet that every guardrail holds (${guardrails.join(', ')})`,
  };
  return conclusions[reason] ?? 'Hold: the evidence does not decide yet';
};

const observed = (numbers: RandomisedNumbers): string => {
  const { championUnits, challengerUnits, meanChampion, meanChallenger, difference } = numbers;
  if (meanChampion === null || meanChallenger === null || difference === null) return 'no units of both arms so far';
  return (
    `the challenger's mean reward is ${short(meanChallenger)} in ${challengerUnits} units and the champion's ` +
    `${short(meanChampion)} in ${championUnits} (${difference > 0 ? '+' : ''}${points(difference)} points within stages)`
  );
};

const evidenceFor = (reason: VerdictReason, numbers: RandomisedNumbers): string => {
  const against = (evidence: number, threshold: number) => `${short(evidence)} (${short(threshold)} needed)`;
  const { eValuePromote, thresholdPromote, eValueRollback, thresholdRollback } = numbers;
  const both =
    `e-value ${against(eValuePromote, thresholdPromote)} for promotion, ` +
    `${against(eValueRollback, thresholdRollback)} for rollback`;
  switch (reason) {
    case VerdictReason.Tripwire:
      return `${both}, ${against(numbers.eValueTripwire, numbers.thresholdTripwire)} for holding the weight`;
    case VerdictReason.GuardrailsOpen:
      return `${both}, ${against(numbers.eValueGuardrails, thresholdPromote)} for the guardrails`;
    case VerdictReason.SampleRatio:
      return `${both}, ${against(numbers.eValueSampleRatio, numbers.thresholdSampleRatio)} against the split`;
    default:
      return both;
  }
};

/** A share in points, three significant digits. */
const points = (share: number): string => short(100 * share);

/** Three significant digits. */
const short = (value: number): string => (value >= 1e6 ? value.toExponential(1) : String(Number(value.toPrecision(3))));
