/** The stages that a rollout walks, by its strategy. */
import {
  defaultHoldback,
  holdbackWeight,
  type RolloutPolicy,
  type StagePolicy,
  Strategy,
} from '../../../contracts/rollout-policy.ts';
import { bakeStage, banditStage, holdbackStage, RolloutKind } from '../../../contracts/rollouts.ts';
import { EvidenceKind } from '../../../contracts/verdicts.ts';
import type { RolloutRecord } from './record.ts';

/** Units of a stage of randomised evidence, where its policy says nothing. */
const defaultUnits = 100;

/** What a rollout is judged by. */
export const Judging = { Paired: 'paired', Randomised: 'randomised', Bandit: 'bandit', Drill: 'drill' } as const;
export type Judging = (typeof Judging)[keyof typeof Judging];

export const judgingOf = ({ kind, policy }: Pick<RolloutRecord, 'kind' | 'policy'>): Judging => {
  if (kind === RolloutKind.Drill) return Judging.Drill;
  if (policy.strategy === Strategy.Bandit) return Judging.Bandit;
  return policy.evidence === EvidenceKind.Randomised ? Judging.Randomised : Judging.Paired;
};

/** A stage that asks for no sample of its own. */
const timed = (name: string, weight: number, minimumSeconds: number): StagePolicy => ({
  name,
  weight,
  minimumSeconds,
  minimumPairs: 0,
  minimumUnits: 0,
});

/**
 * The stage after the last one of a canary's policy: the verdict is to promote, and a share stays with the champion, so
 * that harm which begins late still shows. Undefined where it is switched off, or where the last stage leaves no room.
 *
 * @example holdbackOf(RolloutPolicy.parse({}))?.weight // 95
 */
export const holdbackOf = (policy: RolloutPolicy): StagePolicy | undefined => {
  const { strategy, holdback = defaultHoldback } = policy;
  const weight = strategy === Strategy.Canary ? holdbackWeight(policy) : undefined;
  return weight === undefined ? undefined : timed(holdbackStage, weight, holdback.minimumSeconds);
};

/** All stages of a rollout, in their order. A drill has none: nobody is served by it. */
export const stagesOf = ({
  kind,
  policy,
  rivals,
}: Pick<RolloutRecord, 'kind' | 'policy' | 'rivals'>): StagePolicy[] => {
  if (kind === RolloutKind.First || kind === RolloutKind.Drill) return [];
  switch (policy.strategy) {
    case Strategy.Canary: {
      const holdback = holdbackOf(policy);
      return holdback === undefined ? policy.stages : [...policy.stages, holdback];
    }
    case Strategy.BlueGreen:
      return [timed(bakeStage, 100, policy.bakeSeconds)];
    case Strategy.Bandit:
      return [timed(banditStage, Math.floor(10_000 / (2 + rivals.length)) / 100, 0)];
  }
};

/** The stage that the rollout is in; undefined while it is prepared. */
export const presentStage = (rollout: RolloutRecord): StagePolicy | undefined =>
  stagesOf(rollout)[rollout.stages.length - 1];

/** The stage after the present one, or undefined on the last. */
export const nextStage = (rollout: RolloutRecord): StagePolicy | undefined => stagesOf(rollout)[rollout.stages.length];

/** Whether it takes a verdict to promote to leave the stage before `next`; undefined stands for promotion. */
export const needsVerdict = ({ policy }: RolloutRecord, next: StagePolicy | undefined): boolean =>
  policy.strategy === Strategy.Canary && (next === undefined || next.name === holdbackStage);

/**
 * Samples that a stage asks for: pairs, or units of both arms that were assigned within it. Units come only while both
 * arms have requests, so shadow and 100% have none.
 */
export const samplesNeeded = (stage: StagePolicy, evidence: EvidenceKind): number => {
  if (evidence === EvidenceKind.Paired) return stage.minimumPairs;
  return stage.weight === 0 || stage.weight === 100 ? 0 : (stage.minimumUnits ?? defaultUnits);
};
