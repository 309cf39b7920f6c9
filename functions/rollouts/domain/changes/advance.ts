import { AuditAction } from '../../../../contracts/monitoring.ts';
import type { StagePolicy } from '../../../../contracts/rollout-policy.ts';
import type { BanditArm } from '../../../../contracts/rollouts.ts';
import type { Route } from '../../../../contracts/route-item.ts';
import { VersionStatus } from '../../../../contracts/statuses.ts';
import type { RolloutRecord } from '../record.ts';
import * as routes from '../route.ts';
import {
  advanced,
  assertRunning,
  basisPointsOf,
  closedStages,
  type Evidence,
  entryOf,
  moveChallengers,
  type Occasion,
  type RouteChange,
  samplesOf,
} from './change.ts';

/** @throws RolloutEndedError, ForeignRolloutError, DescendingWeightError, WeightRangeError */
export const enterStage = (
  route: Route,
  rollout: RolloutRecord,
  stage: Pick<StagePolicy, 'name' | 'weight'>,
  evidence: Evidence,
  occasion: Occasion,
): RouteChange => {
  assertRunning(rollout);
  const { name, weight } = stage;
  // Cases that waited when the rollout began are scored while it is prepared: they are the first stage's.
  const pairsAtStart = rollout.stages.length === 0 ? 0 : evidence.pairs;
  const entered = { name, weight, startedAt: occasion.at, pairsAtStart };
  const staged = { ...rollout, stages: [...closedStages(rollout, evidence, occasion), entered] };
  // The arms of a bandit were read with the weights from before the stage.
  const next = advanced(staged, { ...evidence, arms: undefined });
  return {
    route: routes.enterStage(route, rollout.id, { name, weight: basisPointsOf(weight) }, occasion),
    rollout: next,
    versions: moveChallengers(rollout, weight === 0 ? VersionStatus.Shadow : VersionStatus.Canary),
    audit: [
      entryOf(AuditAction.StageEntered, next, occasion, evidence.verdict?.message ?? `The stage ${name} begins.`, {
        stage: name,
        weight,
        ...samplesOf(next),
      }),
    ],
  };
};

/**
 * Gives the versions of a bandit the weights that it has learnt.
 *
 * @param arms - the champion first, then challenger and rivals in their order
 * @throws RolloutEndedError, ForeignRolloutError, WeightRangeError
 */
export const reweigh = (
  route: Route,
  rollout: RolloutRecord,
  arms: readonly BanditArm[],
  reason: string,
  evidence: Evidence,
  occasion: Occasion,
): RouteChange => {
  assertRunning(rollout);
  const [challenger = 0, ...rivals] = arms.slice(1).map(({ weight }) => basisPointsOf(weight));
  const next = advanced(rollout, { ...evidence, arms });
  const weights = Object.fromEntries(arms.map(({ version, weight }) => [version, weight]));
  return {
    route: routes.reweigh(route, rollout.id, { challenger, rivals }, occasion),
    rollout: next,
    versions: [],
    audit: [entryOf(AuditAction.WeightsChanged, next, occasion, reason, { ...weights, ...samplesOf(next) })],
  };
};
