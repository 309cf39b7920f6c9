import { Strategy } from '../../../contracts/rollout-policy.ts';
import { RolloutEnd } from '../../../contracts/rollouts.ts';
import type { Route } from '../../../contracts/route-item.ts';
import {
  type Change,
  type Evidence,
  enterStage,
  expire,
  type Occasion,
  promote,
  requestApproval,
  reweigh,
  rollBack,
} from './changes.ts';
import type { RolloutRecord } from './record.ts';
import { Action, type Judgement } from './stages.ts';

const promotionCauses = {
  [Strategy.Canary]: RolloutEnd.Verdict,
  [Strategy.BlueGreen]: RolloutEnd.Baked,
  [Strategy.Bandit]: RolloutEnd.Bandit,
} as const;

/**
 * The change that a judgement asks for, or undefined where it is to hold.
 *
 * @throws RolloutEndedError, ForeignRolloutError, DescendingWeightError, WeightRangeError
 */
export const followJudgement = (
  { action, reason, stage, arms = [], winner }: Judgement,
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
    case Action.Reweigh:
      return reweigh(route, rollout, arms, reason, evidence, occasion);
    case Action.AskApproval:
      return requestApproval(rollout, reason, evidence, occasion, winner);
    case Action.Promote: {
      const how = { cause: promotionCauses[rollout.policy.strategy], version: winner };
      return promote(route, rollout, reason, evidence, occasion, how);
    }
    case Action.RollBackByVerdict:
      return rollBack(route, rollout, RolloutEnd.Verdict, reason, evidence, occasion);
    case Action.RollBackByAlarm:
      return rollBack(route, rollout, RolloutEnd.Alarm, reason, evidence, occasion);
    case Action.Expire:
      return expire(route, rollout, RolloutEnd.Expired, reason, evidence, occasion);
    case Action.KeepChampion:
      return expire(route, rollout, RolloutEnd.Bandit, reason, evidence, occasion);
  }
};
