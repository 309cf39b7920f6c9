/** Why rollouts under one kind of evidence end without a verdict. */
import { daySeconds } from '../../../../contracts/durations.ts';
import { EvidenceKind, Hypothesis } from '../../../../contracts/verdicts.ts';
import type { PlannedVerdict } from './planned-verdict.ts';
import { count, inDays, percent, points, samplesName } from './sentences.ts';
import { horizonDays, type Simulation } from './simulation.ts';

/** Nothing comes that this evidence could be gathered from. */
export const silentWarning = (evidence: EvidenceKind): string =>
  evidence === EvidenceKind.Paired
    ? 'Paired evidence needs validated cases, and none come: it never comes to a verdict. Send cases with their labels.'
    : 'Randomised evidence needs rewards of predictions, and none come: it never comes to a verdict. Send outcomes.';

const limitOf = (simulation: Simulation): string => {
  const { policy, samplesPerDay, maximumSamples } = simulation;
  const name = samplesName(policy.evidence);
  const days = horizonDays(simulation);
  return days * daySeconds >= policy.maximumSeconds
    ? `in its ${inDays(days)} (maximumSeconds) about ${count(days * samplesPerDay)} ${name} come`
    : `it may take ${count(maximumSamples)} ${name} at most`;
};

/**
 * @param equal - how rollouts of an equally good challenger end
 * @param unlimited - how they would end without limits of time and samples; undefined where that is no question
 */
export const inconclusiveWarning = (
  simulation: Simulation,
  equal: PlannedVerdict,
  unlimited?: PlannedVerdict,
): string => {
  const { margin, hypothesis, evidence } = simulation.policy;
  if (hypothesis === Hypothesis.Superiority) {
    return 'The hypothesis is superiority: an equally good challenger is never shown to be better, and its rollout expires.';
  }
  const ended = percent(equal.promoted + equal.rolledBack);
  const seen = `An equally good challenger gets a verdict in ${ended} of rollouts: ${limitOf(simulation)}.`;
  if (unlimited?.samples == null || unlimited.days === null) {
    return `${seen} A margin of ${points(margin)} is smaller than this traffic can tell: raise it.`;
  }
  const limits = evidence === EvidenceKind.Paired ? 'maximumPairs' : 'maximumUnits';
  return (
    `${seen} Without limits half of them would have it after ${count(unlimited.samples)} ${samplesName(evidence)}, and ` +
    `end after ${inDays(unlimited.days)}: raise maximumSeconds, ${limits} or the margin of ${points(margin)}.`
  );
};
