/** The approval of a promotion: asked for once everything else is shown, then given, declined or left to expire. */
import { AuditAction } from '../../../../contracts/monitoring.ts';
import { RolloutEnd } from '../../../../contracts/rollouts.ts';
import type { Route } from '../../../../contracts/route-item.ts';
import type { RolloutRecord } from '../record.ts';
import {
  advanced,
  assertRunning,
  type Evidence,
  entryOf,
  type Occasion,
  type RecordChange,
  type RouteChange,
} from './change.ts';
import { expire } from './end.ts';

const later = (at: string, seconds: number): string => new Date(Date.parse(at) + seconds * 1000).toISOString();

/**
 * @param winner - of a bandit: the version that is to be promoted
 * @throws RolloutEndedError
 */
export const requestApproval = (
  rollout: RolloutRecord,
  reason: string,
  evidence: Evidence,
  occasion: Occasion,
  winner?: string,
): RecordChange => {
  assertRunning(rollout);
  const expiresAt = later(occasion.at, rollout.policy.approval?.expiresSeconds ?? 0);
  const counted = advanced(rollout, evidence);
  const next = {
    ...counted,
    approval: { requestedAt: occasion.at, expiresAt },
    ...(winner === undefined ? {} : { bandit: { arms: counted.bandit?.arms ?? [], winner } }),
  };
  const promoted = winner ?? rollout.version;
  return {
    rollout: next,
    versions: [],
    audit: [entryOf(AuditAction.ApprovalRequested, next, occasion, reason, { promoted, expiresAt })],
  };
};

const decided = (
  rollout: RolloutRecord,
  approved: boolean,
  reason: string,
  { at, actor }: Occasion,
): RolloutRecord => ({
  ...rollout,
  approval: {
    ...(rollout.approval ?? { requestedAt: at, expiresAt: at }),
    decidedAt: at,
    approved,
    actor,
    reason,
  },
});

/** @throws RolloutEndedError */
export const approve = (
  rollout: RolloutRecord,
  reason: string,
  evidence: Evidence,
  occasion: Occasion,
): RecordChange => {
  assertRunning(rollout);
  const next = advanced(decided(rollout, true, reason, occasion), evidence);
  return {
    rollout: next,
    versions: [],
    audit: [entryOf(AuditAction.RolloutApproved, next, occasion, reason)],
  };
};

/** @throws RolloutEndedError, ForeignRolloutError */
export const decline = (
  route: Route,
  rollout: RolloutRecord,
  reason: string,
  evidence: Evidence,
  occasion: Occasion,
): RouteChange => {
  const said = `Declined by ${occasion.actor}: ${reason}`;
  const change = expire(
    route,
    decided(rollout, false, reason, occasion),
    RolloutEnd.Declined,
    said,
    evidence,
    occasion,
  );
  return {
    ...change,
    audit: [entryOf(AuditAction.RolloutDeclined, rollout, occasion, reason), ...change.audit],
  };
};
