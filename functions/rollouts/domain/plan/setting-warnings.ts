/** What makes a rollout slower, or the plan less sure, than its numbers show. */
import { daySeconds } from '../../../../contracts/durations.ts';
import { type StagePolicy, Strategy } from '../../../../contracts/rollout-policy.ts';
import { EvidenceKind } from '../../../../contracts/verdicts.ts';
import { samplesNeeded } from '../strategy.ts';
import type { Assumptions } from './assumptions.ts';
import type { PlannedVerdict } from './planned-verdict.ts';
import { count, inDays, percent, points, samplesName, signedPoints } from './sentences.ts';
import { type PlanSetting, unitTimingOf } from './setting.ts';
import { horizonDays, type Simulation } from './simulation.ts';

/** Challenger's samples in a stage below which its bad luck cannot be told from its harm. */
const thin = 10;
/** A wait that a person would ask about. */
const longDays = 1;
/** Effects on which the rollback's capital is divided. */
const rollbackEffects = 3;

const stageWarning = ({ policy, samplesPerDay, delaySeconds }: Simulation, stage: StagePolicy): string[] => {
  const needed = samplesNeeded(stage, policy.evidence);
  const leastDays = Math.max(stage.minimumSeconds, delaySeconds) / daySeconds;
  const days = needed / samplesPerDay;
  const isRandomised = policy.evidence === EvidenceKind.Randomised && needed > 0;
  const challengers = (Math.max(leastDays * samplesPerDay, needed) * stage.weight) / 100;
  const isThin = isRandomised && challengers < thin;
  if (days <= Math.max(longDays, leastDays) && !isThin) return [];
  const own = isRandomised
    ? `, ${count((needed * stage.weight) / 100)} of them of the challenger at ${stage.weight}%`
    : '';
  const asked = `${stage.name} asks for ${count(needed)} ${samplesName(policy.evidence)} of its own`;
  return [`${asked}${own}: ${inDays(days)} at this traffic.`];
};

const windowWarning = ({ policy, delaySeconds }: Simulation, { days }: PlannedVerdict): string[] => {
  const waits = policy.stages.filter((stage) => samplesNeeded(stage, policy.evidence) > 0).length;
  const waited = (waits * delaySeconds) / daySeconds;
  if (days === null || waited < days / 2) return [];
  return [
    `The label window decides how long it takes: each of ${waits} stages waits about ${inDays(delaySeconds / daySeconds)} ` +
      'for its rewards. Shorten windowSeconds, or use fewer stages.',
  ];
};

/**
 * Units until a challenger that is worse than the margin by as much again is rolled back without a ramp:
 * ln(M·K/α) = n·w(1 − w)·m² / 2v, where v = p(1 − p) is the variance of a reward, K the effects and M the metrics that
 * the capital is divided on.
 */
const rampWarning = (simulation: Simulation, { meanReward }: Assumptions): string[] => {
  const { policy, samplesPerDay, metrics } = simulation;
  const first = policy.stages.find(({ weight }) => weight > 0);
  if (policy.evidence !== EvidenceKind.Randomised || first === undefined) return [];
  const share = first.weight / 100;
  const capital = Math.log((metrics * rollbackEffects) / policy.rollbackAlpha);
  const units = (2 * meanReward * (1 - meanReward) * capital) / (share * (1 - share) * policy.margin ** 2);
  if (units / samplesPerDay <= horizonDays(simulation)) return [];
  return [
    `At ${first.weight}% alone it would take about ${count(units)} outcomes, ${inDays(units / samplesPerDay)}, to roll back a ` +
      `challenger that is ${points(2 * policy.margin)} worse: what limits the harm is the weight, not the verdict.`,
  ];
};

const differenceWarnings = (setting: PlanSetting, mean: number, evidence: EvidenceKind): string[] => {
  const impossible = setting.differences.filter((one) => mean + one < 0 || mean + one > 1);
  const apart = setting.differences.filter(
    (one) => evidence === EvidenceKind.Paired && Math.abs(one) > setting.disagreement && !impossible.includes(one),
  );
  return [
    ...impossible.map(
      (one) => `A difference of ${signedPoints(one)} is left out: from ${percent(mean)} no mean can get there.`,
    ),
    ...apart.map(
      (one) =>
        `Versions ${points(one)} apart disagree in at least ${percent(Math.abs(one))} of cases: that was assumed.`,
    ),
  ];
};

const guessesOf = ({ guesses }: PlanSetting, names: readonly (keyof Assumptions)[]): string[] =>
  names.flatMap((name) => guesses[name] ?? []);

const policyWarnings = ({ declaration }: PlanSetting): string[] => {
  const { strategy, approval } = declaration.policies.rollout;
  return [
    ...(strategy === Strategy.Canary
      ? []
      : [`The model's strategy is ${strategy}, which these verdicts do not end: the plan shows a canary.`]),
    ...(approval === undefined ? [] : ['Promotion waits for a person besides, for as long as the approval takes.']),
  ];
};

/** @param equal - how rollouts of an equally good challenger end */
export const settingWarnings = (setting: PlanSetting, simulation: Simulation, equal: PlannedVerdict): string[] => {
  const { evidence, stages } = simulation.policy;
  const isPaired = evidence === EvidenceKind.Paired;
  const unitsAreSubjects = !isPaired && unitTimingOf(setting).windowSeconds > 0;
  return [
    ...stages.flatMap((stage) => stageWarning(simulation, stage)),
    ...(isPaired ? [] : windowWarning(simulation, equal)),
    ...rampWarning(simulation, setting),
    ...differenceWarnings(setting, isPaired ? setting.accuracy : setting.meanReward, evidence),
    ...(unitsAreSubjects
      ? ['A subject counts once in a rollout: each outcome was taken to come from another subject.']
      : []),
    ...guessesOf(setting, isPaired ? ['accuracy', 'disagreement'] : ['meanReward']),
    ...policyWarnings(setting),
  ];
};
