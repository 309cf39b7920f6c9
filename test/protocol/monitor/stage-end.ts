/** I8: what leads from one stage to the next. */
import { Strategy } from '../../../contracts/rollout-policy.ts';
import { bakeStage, holdbackStage } from '../../../contracts/rollouts.ts';
import { RolloutStatus } from '../../../contracts/statuses.ts';
import { EvidenceKind, stopsRamp } from '../../../contracts/verdicts.ts';
import { type RolloutRecord, secondsBetween } from '../../../functions/rollouts/domain/record.ts';
import { endedWith } from './endings.ts';
import { firstFalse, type Invariant, type Observation } from './invariant.ts';
import { Rule } from './rules.ts';
import { type Shown, samplesOf, shownBy } from './shown.ts';

type Stage = RolloutRecord['stages'][number];

/** A rollout that has left a stage, or its preparation, for the next one or for promotion. */
interface Step {
  readonly rollout: RolloutRecord;
  readonly left: Stage | undefined;
  readonly isPromotion: boolean;
}

const stepsOf = (observation: Observation): Step[] => {
  const promoted = endedWith(observation).filter(({ status }) => status === RolloutStatus.Promoted);
  const entered = [...observation.after.rollouts.values()].filter(
    ({ id, stages }) => stages.length > (observation.before.rollouts.get(id)?.stages.length ?? 0),
  );
  return [
    ...promoted.map((rollout) => ({ rollout, left: rollout.stages.at(-1), isPromotion: true })),
    ...entered.map((rollout) => ({ rollout, left: rollout.stages.at(-2), isPromotion: false })),
  ];
};

/** What the policy asks of a stage, in seconds and samples. */
const askedOf = ({ policy }: RolloutRecord, { name, weight }: Stage): { seconds: number; samples: number } => {
  const listed = policy.strategy === Strategy.Canary ? policy.stages.find((stage) => stage.name === name) : undefined;
  if (listed === undefined) {
    const seconds = { [holdbackStage]: policy.holdback?.minimumSeconds, [bakeStage]: policy.bakeSeconds }[name];
    return { seconds: seconds ?? 0, samples: 0 };
  }
  const { minimumSeconds: seconds, minimumPairs, minimumUnits = 100 } = listed;
  if (policy.evidence === EvidenceKind.Paired) return { seconds, samples: minimumPairs };
  return { seconds, samples: weight === 0 ? 0 : minimumUnits };
};

const samplesIn = ({ policy }: RolloutRecord, { name, pairsAtStart, pairsAtEnd = 0 }: Stage, { byStage }: Shown) =>
  policy.evidence === EvidenceKind.Paired ? pairsAtEnd - pairsAtStart : (byStage[name] ?? 0);

/** What is wrong with leaving a stage. */
const wrongWith = ({ rollout, isPromotion }: Step, left: Stage, shown: Shown): string | undefined => {
  const { id } = rollout;
  const asked = askedOf(rollout, left);
  const seconds = secondsBetween(left.startedAt, left.endedAt ?? left.startedAt);
  const samples = samplesIn(rollout, left, shown);
  const isStopped = shown.reason !== undefined && stopsRamp(shown.reason);
  return firstFalse(
    [seconds >= asked.seconds, `${id} left ${left.name} after ${seconds} s of ${asked.seconds}`],
    [samples >= asked.samples, `${id} left ${left.name} with ${samples} samples of ${asked.samples}`],
    [isPromotion || !isStopped, `${id} went on in spite of ${shown.reason}`],
  );
};

/** A stage is left with its time, its samples, and no sign of harm, by all that was counted until then. */
const stageEnd: Invariant = {
  rule: Rule.StageEnd,
  violation: (observation) => {
    for (const step of stepsOf(observation)) {
      const { rollout, left } = step;
      const shown = shownBy(observation.after, rollout);
      const counted = samplesOf(rollout);
      const isBandit = rollout.policy.strategy === Strategy.Bandit;
      const wrong = firstFalse([
        isBandit || counted === shown.samples,
        `${rollout.id} went on by ${counted} samples of ${shown.samples}`,
      ]);
      const found = wrong ?? (left === undefined ? undefined : wrongWith(step, left, shown));
      if (found !== undefined) return found;
    }
    return undefined;
  },
};

export const stageInvariants: readonly Invariant[] = [stageEnd];
