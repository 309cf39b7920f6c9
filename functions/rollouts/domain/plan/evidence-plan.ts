import { daySeconds } from '../../../../contracts/durations.ts';
import type { RolloutPolicy } from '../../../../contracts/rollout-policy.ts';
import type { Plan } from '../../../../contracts/rollouts.ts';
import { EvidenceKind, Hypothesis } from '../../../../contracts/verdicts.ts';
import { inconclusiveWarning, silentWarning } from './conclusion-warnings.ts';
import type { Effort, PlannedVerdict } from './planned-verdict.ts';
import { canaryOf, type PlanSetting } from './setting.ts';
import { settingWarnings } from './setting-warnings.ts';
import { type Simulation, simulationFor } from './simulation.ts';

type EvidencePlan = Plan['plans'][number];

/** Judgements that a plan may simulate for each kind of evidence: about a second and a half of a processor for both. */
const looksInAll = { [EvidenceKind.Paired]: 45_000, [EvidenceKind.Randomised]: 28_000 } as const;
const runs = 200;
/** For the question by how much a policy falls short, where it does. */
const roughEffort = { runs: 50, looks: 0 } as const;

/** Share of equally good challengers with a verdict from which on a rollout is said to conclude: the usual power. */
const enough = 0.8;

/** The same rollout without limits that anybody would set. */
const withoutLimits = (policy: RolloutPolicy): RolloutPolicy => ({
  ...policy,
  maximumPairs: 1_000_000,
  maximumUnits: 1_000_000,
  maximumSeconds: 10 * 365 * daySeconds,
});

/** @param differences - for which the same question is asked, besides that of an equally good challenger */
const effortFor = (evidence: EvidenceKind, differences: number): Effort => ({
  runs,
  looks: looksInAll[evidence] / (differences + 1),
});

const isPossible =
  (mean: number) =>
  (difference: number): boolean =>
    mean + difference >= 0 && mean + difference <= 1;

const concludesAt = ({ promoted, rolledBack }: PlannedVerdict): boolean => promoted + rolledBack >= enough;

/** By how much the policy falls short of a verdict on an equally good challenger, and what would do. */
const whyNot = (setting: PlanSetting, simulation: Simulation, equal: PlannedVerdict): string => {
  const { policy } = simulation;
  if (policy.hypothesis === Hypothesis.Superiority) return inconclusiveWarning(simulation, equal);
  const unlimited = simulationFor(setting, withoutLimits(policy)).verdictAt(0, roughEffort);
  return inconclusiveWarning(simulation, equal, unlimited);
};

const samplesPerDayOf = ({ labelsPerDay, outcomesPerDay }: PlanSetting, evidence: EvidenceKind): number =>
  evidence === EvidenceKind.Paired ? labelsPerDay : outcomesPerDay;

/**
 * How rollouts of an equally good challenger end under one kind of evidence, and nothing else.
 *
 * @returns undefined where nothing comes that they could be judged by
 */
export const planEqual = (setting: PlanSetting, evidence: EvidenceKind): PlannedVerdict | undefined =>
  samplesPerDayOf(setting, evidence) === 0
    ? undefined
    : simulationFor(setting, canaryOf(setting, evidence)).verdictAt(0, effortFor(evidence, 1));

/** How long rollouts take under one kind of evidence, and what stands in the way. */
export const planEvidence = (setting: PlanSetting, evidence: EvidenceKind): EvidencePlan => {
  const { accuracy, meanReward, differences } = setting;
  const isPaired = evidence === EvidenceKind.Paired;
  const samplesPerDay = samplesPerDayOf(setting, evidence);
  const plan = { evidence, samplesPerDay };
  if (samplesPerDay === 0) return { ...plan, concludes: false, verdicts: [], warnings: [silentWarning(evidence)] };

  const simulation = simulationFor(setting, canaryOf(setting, evidence));
  const possible = differences.filter(isPossible(isPaired ? accuracy : meanReward));
  const effort = effortFor(evidence, possible.length);
  const verdicts = possible.map((difference) => simulation.verdictAt(difference, effort));
  const equal = verdicts.find(({ difference }) => difference === 0) ?? simulation.verdictAt(0, effort);
  const concludes = concludesAt(equal);
  const warnings = [
    ...(concludes ? [] : [whyNot(setting, simulation, equal)]),
    ...settingWarnings(setting, simulation, equal),
  ];
  return { ...plan, concludes, verdicts, warnings };
};
