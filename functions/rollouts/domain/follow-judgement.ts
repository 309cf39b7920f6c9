import { RolloutEnd } from '../../../contracts/rollouts.ts';
import type { Route } from '../../../contracts/route-item.ts';
import { type Change, type Evidence, enterStage, expire, type Occasion, promote, rollBack } from './changes.ts';
import type { RolloutRecord } from './record.ts';
import { Action, type Judgement } from './stages.ts';

/**
 * The change that a judgement asks for, or undefined where it is to hold.
 *
 * @throws RolloutEndedError, ForeignRolloutError, DescendingWeightError
 */
export const followJudgement = (
  { action, reason, stage }: Judgement,
  route: Route,
  rollout: RolloutRecord,
  evidence: Evidence,
  occasion: Occasion,
): Change | undefined => {
  switch (action) {
    case Action.Hold:
      return undefined;
    case Action.Advance:
      return stage === undefined ? undefined : enterStage(route, rollout, stage, evidence, occasion);
    case Action.Promote:
      return promote(route, rollout, reason, evidence, occasion);
    case Action.RollBackByVerdict:
      return rollBack(route, rollout, RolloutEnd.Verdict, reason, evidence, occasion);
    case Action.RollBackByAlarm:
      return rollBack(route, rollout, RolloutEnd.Alarm, reason, evidence, occasion);
    case Action.Expire:
      return expire(route, rollout, RolloutEnd.Expired, reason, evidence, occasion);
  }
};
