/** What every change of a model's deployment is made of. */
import type { AuditAction, AuditEntry } from '../../../../contracts/monitoring.ts';
import { type BanditArm, type JudgedVerdict, type RolloutEnd, RolloutKind } from '../../../../contracts/rollouts.ts';
import { type Route, wholeWeight } from '../../../../contracts/route-item.ts';
import {
  isFinishedRollout,
  mayBecome,
  type RolloutStatus,
  rolloutTransitions,
  type VersionStatus,
} from '../../../../contracts/statuses.ts';
import { challengersOf, type RolloutRecord, secondsBetween, stageName } from '../record.ts';

/** An entry of the audit before it has its place in the chain. */
export type AuditDraft = Omit<AuditEntry, 'number' | 'at' | 'previous' | 'hash' | 'action'> & { action: AuditAction };

/** What becomes of a version; without `to` it only learns of its rollout. */
export type VersionMove = { readonly version: string; readonly to?: VersionStatus; readonly rollout?: string };

/** The next route, the next rollout, what becomes of the versions, and what the audit will say. */
export interface Change {
  /** Absent where the route stays as it is. */
  readonly route?: Route;
  readonly rollout?: RolloutRecord;
  readonly versions: readonly VersionMove[];
  readonly audit: readonly AuditDraft[];
}

/** A change of what serves. */
export interface RouteChange extends Change {
  readonly route: Route;
}

/** A change of a rollout alone. */
export interface RecordChange extends Change {
  readonly rollout: RolloutRecord;
}

/** A rollout ends once; what is asked of it afterwards has come too late. */
export class RolloutEndedError extends Error {
  override readonly name = 'RolloutEndedError';
}

/** What is the same for every change: when, and by whom. */
export interface Occasion {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** A role and a pseudonym, or the part of the platform that decided. */
  readonly actor: string;
}

/** What the rollout has counted by now. */
export interface Evidence {
  readonly pairs: number;
  readonly failures: number;
  /** Units of both arms, by stage at assignment. */
  readonly units?: Readonly<Record<string, number>> | undefined;
  /** Last ledger segment whose pairs were counted. */
  readonly countedUntil?: number | undefined;
  readonly verdict?: JudgedVerdict | undefined;
  /** What a bandit has learnt, with the weights of the route, the champion first. */
  readonly arms?: readonly BanditArm[] | undefined;
}

const percentOf = (basisPoints: number): number => (basisPoints * 100) / wholeWeight;
export const basisPointsOf = (percent: number): number => Math.round((percent / 100) * wholeWeight);

/** @throws RolloutEndedError */
export const assertRunning = (rollout: RolloutRecord): void => {
  if (isFinishedRollout(rollout.status)) throw tooLate(rollout);
};

const tooLate = ({ id, status }: RolloutRecord): RolloutEndedError =>
  new RolloutEndedError(`Expected ${id} to be running, found it ${status}. It cannot go on.`);

/** A drill leaves the versions as they are: nobody is served by it, and it says nothing about them. */
export const moveChallengers = (rollout: RolloutRecord, to: VersionStatus): VersionMove[] =>
  rollout.kind === RolloutKind.Drill ? [] : challengersOf(rollout).map(({ version }) => ({ version, to }));

/** The rollout with what it has counted, and its next revision. What its stage waited for is to be found out anew. */
export const advanced = (rollout: RolloutRecord, evidence: Evidence): RolloutRecord => {
  const { pairs, failures, units, countedUntil, verdict, arms } = evidence;
  const { waitsFor: _, ...rest } = rollout;
  return {
    ...rest,
    pairs,
    failures,
    ...(units === undefined ? {} : { units: { ...units } }),
    ...(countedUntil === undefined ? {} : { countedUntil }),
    ...(verdict === undefined ? {} : { verdict }),
    ...(arms === undefined ? {} : { bandit: { ...rollout.bandit, arms: [...arms] } }),
    revision: rollout.revision + 1,
  };
};

export const closedStages = ({ stages }: RolloutRecord, { pairs, verdict }: Evidence, { at }: Occasion) =>
  stages.map((stage) =>
    stage.endedAt === undefined
      ? { ...stage, endedAt: at, pairsAtEnd: pairs, ...(verdict === undefined ? {} : { verdict: verdict.verdict }) }
      : stage,
  );

export const ended = (
  rollout: RolloutRecord,
  status: RolloutStatus,
  cause: RolloutEnd,
  endReason: string,
  { at }: Occasion,
): RolloutRecord => ({ ...rollout, status, end: cause, endReason, endedAt: at });

/** @throws RolloutEndedError */
export const end = (
  rollout: RolloutRecord,
  status: RolloutStatus,
  cause: RolloutEnd,
  reason: string,
  evidence: Evidence,
  occasion: Occasion,
): RolloutRecord => {
  if (!mayBecome(rolloutTransitions, rollout.status, status)) throw tooLate(rollout);
  const closed = { ...rollout, stages: closedStages(rollout, evidence, occasion) };
  return ended(advanced(closed, evidence), status, cause, reason, occasion);
};

export const entryOf = (
  action: AuditAction,
  rollout: RolloutRecord,
  { actor }: Occasion,
  reason: string,
  numbers: Record<string, number | string | null> = {},
): AuditDraft => ({
  action,
  actor,
  subjectOfAction: rollout.id,
  reason,
  numbers: { version: rollout.version, ...numbers },
});

export const endNumbers = (rollout: RolloutRecord, route: Route): Record<string, number | string | null> => ({
  end: rollout.end ?? null,
  base: rollout.base?.version ?? null,
  stage: stageName(rollout),
  weight: percentOf(route.weight),
  ...samplesOf(rollout),
  failures: rollout.failures,
  seconds: secondsBetween(rollout.startedAt, rollout.endedAt ?? rollout.startedAt),
});

/** Pairs, and units where any were counted. */
export const samplesOf = ({ pairs, units }: Pick<RolloutRecord, 'pairs' | 'units'>): Record<string, number> => {
  const counted = Object.values(units);
  return counted.length === 0 ? { pairs } : { pairs, units: counted.reduce((sum, count) => sum + count, 0) };
};
