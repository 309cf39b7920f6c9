/** The states of a rollout's approval, and what an answer to it meets. */
import type { ProblemCode } from '../../../contracts/problems.ts';
import { isFinishedRollout } from '../../../contracts/statuses.ts';
import type { RolloutRecord } from './record.ts';

type Approved = Pick<RolloutRecord, 'approval' | 'policy'>;

/** Whether somebody is to be asked, and was not yet. */
export const needsApproval = ({ policy, approval }: Approved): boolean =>
  policy.approval !== undefined && approval === undefined;

/** Whether somebody was asked, and has not answered yet. */
export const awaitsApproval = ({ approval }: Approved): boolean =>
  approval !== undefined && approval.decidedAt === undefined;

/** Whether nobody answered in time. @param now - ISO 8601, UTC */
export const isApprovalExpired = (rollout: Approved, now: string): boolean =>
  awaitsApproval(rollout) && Date.parse(now) >= Date.parse(rollout.approval?.expiresAt ?? now);

/** Why a rollout ends that nobody answered to. */
export const unansweredApproval = ({ approval }: Approved): string =>
  `Expire: nobody approved or declined the promotion until ${approval?.expiresAt}; the champion stays.`;

/** Why an answer to an approval is refused. */
export interface ApprovalRefusal {
  readonly code: ProblemCode;
  readonly detail: string;
}

/**
 * Why an answer can no longer, or cannot yet, be taken; undefined where it can.
 *
 * @param now - ISO 8601, UTC
 */
export const refuseApproval = (rollout: RolloutRecord, now: string): ApprovalRefusal | undefined => {
  const { id, status, approval } = rollout;
  if (approval?.decidedAt !== undefined) {
    const answer = approval.approved === true ? 'approved' : 'declined';
    return {
      code: 'approval-decided',
      detail: `Expected ${id} to wait for an answer; it was ${answer} by ${approval.actor} at ${approval.decidedAt}. An answer is given once.`,
    };
  }
  if (isApprovalExpired(rollout, now)) {
    return {
      code: 'approval-expired',
      detail: `Expected an answer until ${approval?.expiresAt}; the champion stays. Deploy the version again to ask again.`,
    };
  }
  if (isFinishedRollout(status)) {
    return {
      code: 'rollout-ended',
      detail: `Expected ${id} to be running, found it ${status}. Deploy the version again to ask again.`,
    };
  }
  if (approval !== undefined) return undefined;
  return {
    code: 'approval-not-awaited',
    detail: `Expected ${id} to wait for approval, found it at its stages still, or its policy without an approval. Read the rollout to see what it waits for.`,
  };
};
