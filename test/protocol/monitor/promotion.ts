/** I8: what leads to a promotion; and what else an answer or a drill may not do. */
import { Strategy } from '../../../contracts/rollout-policy.ts';
import { bakeStage, banditStage, holdbackStage, RolloutEnd, RolloutKind } from '../../../contracts/rollouts.ts';
import { RolloutStatus } from '../../../contracts/statuses.ts';
import { Verdict } from '../../../contracts/verdicts.ts';
import type { RolloutRecord } from '../../../functions/rollouts/domain/record.ts';
import { endedWith } from './endings.ts';
import { firstFalse, type Invariant, same } from './invariant.ts';
import { Rule } from './rules.ts';
import { samplesOf, shownBy } from './shown.ts';

/** The stages of a promotion, in their order: a canary's from its policy, with the holdback where there is room for it. */
const stagesOf = ({ policy }: RolloutRecord): string[] => {
  if (policy.strategy === Strategy.BlueGreen) return [bakeStage];
  if (policy.strategy === Strategy.Bandit) return [banditStage];
  const percent = policy.holdback?.percent ?? 5;
  const hasRoom = percent > 0 && (policy.stages.at(-1)?.weight ?? 0) < 100 - percent;
  return [...policy.stages.map(({ name }) => name), ...(hasRoom ? [holdbackStage] : [])];
};

const causes: Readonly<Record<Strategy, RolloutEnd>> = {
  canary: RolloutEnd.Verdict,
  'blue-green': RolloutEnd.Baked,
  bandit: RolloutEnd.Bandit,
};

const isApproved = ({ policy, approval }: RolloutRecord): boolean =>
  policy.approval === undefined ||
  (approval?.approved === true && (approval.decidedAt ?? 'never') <= approval.expiresAt);

const promotion: Invariant = {
  rule: Rule.Promotion,
  violation: (observation) => {
    for (const rollout of endedWith(observation)) {
      const { id, status, end, stages, policy } = rollout;
      const { verdict, samples, minimum } = shownBy(observation.after, rollout);
      const isPromoted = status === RolloutStatus.Promoted;
      const isCanary = policy.strategy === Strategy.Canary;
      const expected = isPromoted ? Verdict.Promote : Verdict.RollBack;
      const needsSample = isPromoted && policy.strategy !== Strategy.BlueGreen;
      const walked = stages.map(({ name }) => name);
      const wrong = firstFalse(
        [!isPromoted || end === causes[policy.strategy], `${id} was promoted by ${end}`],
        [end !== RolloutEnd.Verdict || verdict === expected, `${id} was ${status}, and the verdict is ${verdict}`],
        [!isPromoted || verdict !== Verdict.RollBack, `${id} was promoted, and the verdict is ${verdict}`],
        [!needsSample || samples >= minimum, `${id} was promoted on ${samples} samples of ${minimum}`],
        [!isPromoted || same(stagesOf(rollout), walked), `${id} was promoted after ${walked}`],
        [!isPromoted || isApproved(rollout), `${id} was promoted without the approval that it needs`],
        [!isPromoted || rollout.kind !== RolloutKind.Drill, `${id} is a drill, and was promoted`],
        [
          !isCanary || !isPromoted || samplesOf(rollout) === samples,
          `${id} says ${samplesOf(rollout)}, not ${samples}`,
        ],
      );
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  },
};

/** An answer is given once, in time, and by what was asked. */
const approval: Invariant = {
  rule: Rule.AnsweredOnce,
  violation: ({ before, after }) => {
    for (const [id, { approval: was }] of before.rollouts) {
      const is = after.rollouts.get(id)?.approval;
      const wrong = firstFalse(
        [was === undefined || is !== undefined, `the approval of ${id} is gone`],
        [was?.decidedAt === undefined || same(was, is), `the approval of ${id} was answered again`],
        [was?.decidedAt !== undefined || is?.decidedAt === undefined || is.decidedAt < is.expiresAt, `${id}: too late`],
      );
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  },
};

/** A drill rehearses a rollback and says nothing about versions. */
const drill: Invariant = {
  rule: Rule.Drill,
  violation: ({ before, after, process }) => {
    const moved = [...after.versions].find(([name, is]) => !same(before.versions.get(name) ?? is, is));
    const touched = [...after.rollouts].filter(([id, record]) => before.rollouts.get(id) !== record);
    const isDrill = touched.length > 0 && touched.every(([, { kind }]) => kind === RolloutKind.Drill);
    return isDrill && moved !== undefined && process !== undefined ? `a drill moved ${moved[0]}` : undefined;
  },
};

export const promotionInvariants: readonly Invariant[] = [promotion, approval, drill];
