import type { ModelDeclaration } from '../../../../contracts/model.ts';
import { settlingSeconds } from '../../../../contracts/outcome-timing.ts';
import { type RolloutPolicy, Strategy } from '../../../../contracts/rollout-policy.ts';
import { EvidenceKind } from '../../../../contracts/verdicts.ts';
import { hasWindows } from '../randomised/policy.ts';
import type { Assumed, Assumptions } from './assumptions.ts';

/** What a plan is made for. */
export interface PlanSetting extends Assumptions, Pick<Assumed, 'guesses'> {
  readonly model: string;
  /** With the margin and the stages that are asked about. */
  readonly declaration: ModelDeclaration;
  /** Challenger's mean − champion's. */
  readonly differences: readonly number[];
}

/** The model's policy as a canary's that is judged by one kind of evidence, and waits for nobody. */
export const canaryOf = ({ declaration }: PlanSetting, evidence: EvidenceKind): RolloutPolicy => {
  const { approval: _, ...policy } = declaration.policies.rollout;
  const stages = policy.stages.map(({ rampEvidence, ...stage }) =>
    rampEvidence !== undefined && evidence === EvidenceKind.Randomised ? { ...stage, rampEvidence } : stage,
  );
  return { ...policy, evidence, strategy: Strategy.Canary, stages };
};

/** When units count. */
export interface UnitTiming {
  /** Within which a subject's predictions make one unit; 0 where each prediction is one. */
  readonly windowSeconds: number;
  /** From the end of a unit until its reward enters the evidence. */
  readonly ageSeconds: number;
}

export const unitTimingOf = ({ declaration: { schema, policies } }: PlanSetting): UnitTiming => {
  const { windowSeconds, unitSeconds } = policies.outcomes;
  return {
    windowSeconds: hasWindows(schema, policies.outcomes) ? unitSeconds : 0,
    ageSeconds: windowSeconds + settlingSeconds,
  };
};

/** Seconds from a prediction until its reward enters the evidence, on average over a window. */
export const delayOf = ({ windowSeconds, ageSeconds }: UnitTiming): number => ageSeconds + windowSeconds / 2;
