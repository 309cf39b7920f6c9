import { daySeconds } from '../../../../contracts/durations.ts';
import type { RolloutPolicy } from '../../../../contracts/rollout-policy.ts';
import { EvidenceKind } from '../../../../contracts/verdicts.ts';
import { definePairedPolicy } from '../paired-policy.ts';
import { randomisedPolicyOf } from '../randomised/policy.ts';
import { pairsSource } from './pairs-source.ts';
import { type Effort, type PlannedVerdict, planVerdict } from './planned-verdict.ts';
import { delayOf, type PlanSetting, unitTimingOf } from './setting.ts';
import type { EvidenceSource } from './source.ts';
import { unitsSource } from './units-source.ts';

/** Rollouts under one kind of evidence, ready to be simulated. */
export interface Simulation {
  readonly policy: RolloutPolicy;
  /** Pairs or units. */
  readonly samplesPerDay: number;
  readonly maximumSamples: number;
  /** From a prediction or a case until its sample counts. */
  readonly delaySeconds: number;
  /** That the capital for a rollback is divided on. */
  readonly metrics: number;
  verdictAt(difference: number, effort: Effort): PlannedVerdict;
}

type Parts = Omit<Simulation, 'verdictAt'>;

/** Days within which a rollout comes to its end: by time, or by the most samples that it may take. */
export const horizonDays = ({ policy, samplesPerDay, maximumSamples, delaySeconds }: Parts): number =>
  Math.min(policy.maximumSeconds / daySeconds, maximumSamples / samplesPerDay + delaySeconds / daySeconds);

const simulationOf = <State>(parts: Parts, sourceAt: (difference: number) => EvidenceSource<State>): Simulation => ({
  ...parts,
  verdictAt: (difference, effort) =>
    planVerdict(difference, sourceAt(difference), parts.policy, horizonDays(parts) * daySeconds, effort),
});

const pairedSimulation = ({ labelsPerDay, accuracy, disagreement }: PlanSetting, policy: RolloutPolicy): Simulation => {
  const judgedBy = definePairedPolicy(policy);
  const parts = {
    policy,
    samplesPerDay: labelsPerDay,
    maximumSamples: policy.maximumPairs,
    delaySeconds: 0,
    metrics: 1,
  };
  return simulationOf(parts, (difference) =>
    pairsSource({
      policy: judgedBy,
      labelsPerDay,
      accuracy,
      // Versions that differ by so much in their means disagree at least as often.
      disagreement: Math.max(disagreement, Math.abs(difference)),
      difference,
    }),
  );
};

const randomisedSimulation = (setting: PlanSetting, policy: RolloutPolicy): Simulation => {
  const { declaration, outcomesPerDay, meanReward } = setting;
  const policies = { ...declaration.policies, rollout: policy };
  const judgedBy = randomisedPolicyOf({ ...declaration, policies }, meanReward);
  const timing = unitTimingOf(setting);
  const delaySeconds = delayOf(timing);
  const metrics = judgedBy.metrics.length;
  const parts = { policy, samplesPerDay: outcomesPerDay, maximumSamples: policy.maximumUnits, delaySeconds, metrics };
  return simulationOf(parts, (difference) =>
    unitsSource({ policy: judgedBy, outcomesPerDay, timing, meanReward, difference }),
  );
};

/**
 * @param policy - a canary's that is judged by one kind of evidence
 * @throws InvalidPairedPolicyError, InvalidRandomisedPolicyError
 */
export const simulationFor = (setting: PlanSetting, policy: RolloutPolicy): Simulation =>
  policy.evidence === EvidenceKind.Paired ? pairedSimulation(setting, policy) : randomisedSimulation(setting, policy);
