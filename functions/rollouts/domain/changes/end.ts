import { AuditAction } from '../../../../contracts/monitoring.ts';
import { RolloutEnd } from '../../../../contracts/rollouts.ts';
import type { Route } from '../../../../contracts/route-item.ts';
import { RolloutStatus, VersionStatus } from '../../../../contracts/statuses.ts';
import type { RolloutRecord } from '../record.ts';
import * as routes from '../route.ts';
import {
  type Evidence,
  end,
  endNumbers,
  entryOf,
  moveChallengers,
  type Occasion,
  type RouteChange,
  type VersionMove,
} from './change.ts';

/** How a rollout came to its promotion. */
interface Promotion {
  /** @default verdict */
  readonly cause?: Extract<RolloutEnd, 'verdict' | 'baked' | 'bandit'>;
  /** Which of a bandit's challengers. @default the one that is no rival */
  readonly version?: string | undefined;
}

/** @throws RolloutEndedError, ForeignRolloutError */
export const promote = (
  route: Route,
  rollout: RolloutRecord,
  reason: string,
  evidence: Evidence,
  occasion: Occasion,
  { cause = RolloutEnd.Verdict, version = rollout.version }: Promotion = {},
): RouteChange => {
  const next = end(rollout, RolloutStatus.Promoted, cause, reason, evidence, occasion);
  const others = moveChallengers(rollout, VersionStatus.Staging).filter((move) => move.version !== version);
  const versions: VersionMove[] = [
    { version, to: VersionStatus.Champion },
    { version: route.champion.version, to: VersionStatus.Retired },
    ...others,
  ];
  const numbers = { ...endNumbers(next, route), ...(version === rollout.version ? {} : { promoted: version }) };
  return {
    route: routes.promote(route, rollout.id, occasion, version),
    rollout: next,
    versions,
    audit: [entryOf(AuditAction.RolloutEnded, next, occasion, reason, numbers)],
  };
};

/** @throws RolloutEndedError, ForeignRolloutError */
export const rollBack = (
  route: Route,
  rollout: RolloutRecord,
  cause: Extract<RolloutEnd, 'verdict' | 'alarm' | 'by-hand'>,
  reason: string,
  evidence: Evidence,
  occasion: Occasion,
): RouteChange => {
  const next = end(rollout, RolloutStatus.RolledBack, cause, reason, evidence, occasion);
  return {
    route: routes.restoreBase(route, rollout.id, occasion),
    rollout: next,
    versions: moveChallengers(rollout, VersionStatus.RolledBack),
    audit: [entryOf(AuditAction.RolledBack, next, occasion, reason, endNumbers(next, route))],
  };
};

/**
 * Keeps the champion because nothing was shown: the rollout ran its length, could not be judged further, or a person
 * declined it; or because a bandit found the champion to be the best.
 *
 * @throws RolloutEndedError, ForeignRolloutError
 */
export const expire = (
  route: Route,
  rollout: RolloutRecord,
  cause: Extract<RolloutEnd, 'expired' | 'error' | 'declined' | 'bandit'>,
  reason: string,
  evidence: Evidence,
  occasion: Occasion,
): RouteChange => {
  const next = end(rollout, RolloutStatus.Expired, cause, reason, evidence, occasion);
  return {
    route: routes.restoreBase(route, rollout.id, occasion),
    rollout: next,
    versions: moveChallengers(rollout, VersionStatus.Staging),
    audit: [entryOf(AuditAction.RolloutEnded, next, occasion, reason, endNumbers(next, route))],
  };
};

/**
 * Puts the champion before back in the place of the present one.
 *
 * @throws RolloutRunningError, NothingToRollBackError
 */
export const restorePrevious = (route: Route, reason: string, occasion: Occasion): RouteChange => {
  const next = routes.restorePrevious(route, occasion);
  const [from, to] = [route.champion.version, next.champion.version];
  return {
    route: next,
    versions: [
      { version: from, to: VersionStatus.RolledBack },
      { version: to, to: VersionStatus.Champion },
    ],
    audit: [
      { action: AuditAction.RolledBack, actor: occasion.actor, subjectOfAction: from, reason, numbers: { from, to } },
    ],
  };
};
