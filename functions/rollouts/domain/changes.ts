/**
 * What happens to a model's deployment, each as one change: the next route, the next rollout, what becomes of the
 * versions, and what the audit will say. A change is stored whole or not at all.
 */
import type { StagePolicy } from '../../../contracts/model.ts';
import { AuditAction, type AuditEntry } from '../../../contracts/monitoring.ts';
import { type JudgedVerdict, RolloutEnd, RolloutKind } from '../../../contracts/rollouts.ts';
import { type Route, wholeWeight } from '../../../contracts/route-item.ts';
import {
  isFinishedRollout,
  mayBecome,
  RolloutStatus,
  rolloutTransitions,
  VersionStatus,
} from '../../../contracts/statuses.ts';
import { type RolloutRecord, secondsBetween, stageName } from './record.ts';
import * as routes from './route.ts';

/** An entry of the audit before it has its place in the chain. */
type AuditDraft = Omit<AuditEntry, 'number' | 'at' | 'previous' | 'hash' | 'action'> & { action: AuditAction };

/** What becomes of a version; without `to` it only learns of its rollout. */
export type VersionMove = { readonly version: string; readonly to?: VersionStatus; readonly rollout?: string };

export interface Change {
  readonly route: Route;
  readonly rollout?: RolloutRecord;
  readonly versions: readonly VersionMove[];
  readonly audit: readonly AuditDraft[];
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
  readonly verdict?: JudgedVerdict | undefined;
}

export type NewRecord = Pick<RolloutRecord, 'id' | 'challenger' | 'reason' | 'policy'> & {
  /** Of the sticky split. */
  readonly salt: string;
  /** The gate's failed checks that an operator overrides. */
  readonly overridden: readonly string[];
  readonly kind: RolloutKind;
};

const percentOf = (basisPoints: number): number => (basisPoints * 100) / wholeWeight;
const basisPointsOf = (percent: number): number => Math.round((percent / 100) * wholeWeight);

const newRecord = (given: NewRecord, { at, actor }: Occasion): RolloutRecord => ({
  id: given.id,
  kind: given.kind,
  status: RolloutStatus.Running,
  version: given.challenger.version,
  challenger: given.challenger,
  reason: given.reason,
  actor,
  policy: given.policy,
  startedAt: at,
  stages: [],
  pairs: 0,
  failures: 0,
  attempt: 1,
  open: true,
  revision: 1,
});

/** A model's first version becomes its champion at once: there is nothing to compare it with. */
export const serveFirst = (given: NewRecord, occasion: Occasion): Change => {
  const begun = newRecord({ ...given, kind: RolloutKind.First }, occasion);
  const rollout = {
    ...ended(begun, RolloutStatus.Promoted, RolloutEnd.FirstVersion, given.reason, occasion),
    open: false,
  };
  return {
    route: routes.first(given.challenger, given.salt, occasion),
    rollout,
    versions: [{ version: rollout.version, to: VersionStatus.Champion, rollout: rollout.id }],
    audit: [entryOf(AuditAction.RolloutStarted, rollout, occasion, given.reason, { kind: rollout.kind })],
  };
};

/** @throws RolloutRunningError, VersionServingError */
export const beginRollout = (route: Route, given: NewRecord, occasion: Occasion): Change => {
  const rollout = { ...newRecord(given, occasion), base: route.champion };
  const { version, id } = rollout;
  const override: AuditDraft = {
    action: AuditAction.GateOverridden,
    actor: occasion.actor,
    subjectOfAction: version,
    reason: given.reason,
    numbers: { failed: given.overridden.join(', ') },
  };
  return {
    route: routes.begin(route, given.challenger, id, given.salt, occasion),
    rollout,
    versions: [{ version, rollout: id }],
    audit: [
      ...(given.overridden.length > 0 ? [override] : []),
      entryOf(AuditAction.RolloutStarted, rollout, occasion, given.reason, {
        kind: rollout.kind,
        base: route.champion.version,
      }),
    ],
  };
};

/** @throws RolloutEndedError, ForeignRolloutError, DescendingWeightError */
export const enterStage = (
  route: Route,
  rollout: RolloutRecord,
  stage: StagePolicy,
  evidence: Evidence,
  occasion: Occasion,
): Change => {
  if (isFinishedRollout(rollout.status)) throw tooLate(rollout);
  const { name, weight } = stage;
  // Cases that waited when the rollout began are scored while it is prepared: they are the first stage's.
  const pairsAtStart = rollout.stages.length === 0 ? 0 : evidence.pairs;
  const entered = { name, weight, startedAt: occasion.at, pairsAtStart };
  const next = advanced({ ...rollout, stages: [...closedStages(rollout, evidence, occasion), entered] }, evidence);
  return {
    route: routes.enterStage(route, rollout.id, { name, weight: basisPointsOf(weight) }, occasion),
    rollout: next,
    versions: [{ version: rollout.version, to: weight === 0 ? VersionStatus.Shadow : VersionStatus.Canary }],
    audit: [
      entryOf(AuditAction.StageEntered, next, occasion, evidence.verdict?.message ?? `The stage ${name} begins.`, {
        stage: name,
        weight,
        pairs: evidence.pairs,
      }),
    ],
  };
};

/** @throws RolloutEndedError, ForeignRolloutError */
export const promote = (
  route: Route,
  rollout: RolloutRecord,
  reason: string,
  evidence: Evidence,
  occasion: Occasion,
): Change => {
  const next = end(rollout, RolloutStatus.Promoted, RolloutEnd.Verdict, reason, evidence, occasion);
  return {
    route: routes.promote(route, rollout.id, occasion),
    rollout: next,
    versions: [
      { version: rollout.version, to: VersionStatus.Champion },
      { version: route.champion.version, to: VersionStatus.Retired },
    ],
    audit: [entryOf(AuditAction.RolloutEnded, next, occasion, reason, endNumbers(next, route))],
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
): Change => {
  const next = end(rollout, RolloutStatus.RolledBack, cause, reason, evidence, occasion);
  return {
    route: routes.restoreBase(route, rollout.id, occasion),
    rollout: next,
    versions: [{ version: rollout.version, to: VersionStatus.RolledBack }],
    audit: [entryOf(AuditAction.RolledBack, next, occasion, reason, endNumbers(next, route))],
  };
};

/**
 * Keeps the champion because nothing was shown: the rollout ran its length, or could not be judged further.
 *
 * @throws RolloutEndedError, ForeignRolloutError
 */
export const expire = (
  route: Route,
  rollout: RolloutRecord,
  cause: Extract<RolloutEnd, 'expired' | 'error'>,
  reason: string,
  evidence: Evidence,
  occasion: Occasion,
): Change => {
  const next = end(rollout, RolloutStatus.Expired, cause, reason, evidence, occasion);
  return {
    route: routes.restoreBase(route, rollout.id, occasion),
    rollout: next,
    versions: [{ version: rollout.version, to: VersionStatus.Staging }],
    audit: [entryOf(AuditAction.RolloutEnded, next, occasion, reason, endNumbers(next, route))],
  };
};

/** @throws RolloutRunningError, NothingToRollBackError */
export const restorePrevious = (route: Route, reason: string, occasion: Occasion): Change => {
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

const tooLate = ({ id, status }: RolloutRecord): RolloutEndedError =>
  new RolloutEndedError(`Expected ${id} to be running, found it ${status}. It cannot go on.`);

const advanced = (rollout: RolloutRecord, { pairs, failures, verdict }: Evidence): RolloutRecord => ({
  ...rollout,
  pairs,
  failures,
  ...(verdict === undefined ? {} : { verdict }),
  revision: rollout.revision + 1,
});

const closedStages = ({ stages }: RolloutRecord, { pairs, verdict }: Evidence, { at }: Occasion) =>
  stages.map((stage) =>
    stage.endedAt === undefined
      ? { ...stage, endedAt: at, pairsAtEnd: pairs, ...(verdict === undefined ? {} : { verdict: verdict.verdict }) }
      : stage,
  );

const ended = (
  rollout: RolloutRecord,
  status: RolloutStatus,
  cause: RolloutEnd,
  endReason: string,
  { at }: Occasion,
): RolloutRecord => ({ ...rollout, status, end: cause, endReason, endedAt: at });

const end = (
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

const entryOf = (
  action: AuditAction,
  rollout: RolloutRecord,
  { actor }: Occasion,
  reason: string,
  numbers: Record<string, number | string | null>,
): AuditDraft => ({
  action,
  actor,
  subjectOfAction: rollout.id,
  reason,
  numbers: { version: rollout.version, ...numbers },
});

const endNumbers = (rollout: RolloutRecord, route: Route): Record<string, number | string | null> => ({
  end: rollout.end ?? null,
  base: rollout.base?.version ?? null,
  stage: stageName(rollout),
  weight: percentOf(route.weight),
  pairs: rollout.pairs,
  failures: rollout.failures,
  seconds: secondsBetween(rollout.startedAt, rollout.endedAt ?? rollout.startedAt),
});
