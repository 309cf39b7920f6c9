import type { OutcomePolicy } from '../../../../contracts/model.ts';
import { AuditAction } from '../../../../contracts/monitoring.ts';
import { RolloutEnd, RolloutKind } from '../../../../contracts/rollouts.ts';
import type { Route, Servable } from '../../../../contracts/route-item.ts';
import { RolloutStatus, VersionStatus } from '../../../../contracts/statuses.ts';
import { challengersOf, type RolloutRecord } from '../record.ts';
import * as routes from '../route.ts';
import { type AuditDraft, ended, entryOf, type Occasion, type RouteChange } from './change.ts';

export type NewRecord = Pick<RolloutRecord, 'id' | 'challenger' | 'reason' | 'policy'> & {
  /** Of the sticky split. */
  readonly salt: string;
  /** The gate's failed checks that an operator overrides. */
  readonly overridden: readonly string[];
  readonly kind: RolloutKind;
  readonly rivals?: readonly Servable[];
  readonly outcomes?: OutcomePolicy;
};

const newRecord = (given: NewRecord, { at, actor }: Occasion): RolloutRecord => ({
  id: given.id,
  kind: given.kind,
  status: RolloutStatus.Running,
  version: given.challenger.version,
  challenger: given.challenger,
  rivals: [...(given.rivals ?? [])],
  reason: given.reason,
  actor,
  policy: given.policy,
  ...(given.outcomes === undefined ? {} : { outcomes: given.outcomes }),
  startedAt: at,
  stages: [],
  pairs: 0,
  units: {},
  failures: 0,
  attempt: 1,
  open: true,
  revision: 1,
});

/** A model's first version becomes its champion at once: there is nothing to compare it with. */
export const serveFirst = (given: NewRecord, occasion: Occasion): RouteChange => {
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
export const beginRollout = (route: Route, given: NewRecord, occasion: Occasion): RouteChange => {
  const rollout = { ...newRecord(given, occasion), base: route.champion };
  const { version, id, kind, policy, rivals } = rollout;
  const { slowMilliseconds, timeoutMilliseconds } = policy;
  const override: AuditDraft = {
    action: AuditAction.GateOverridden,
    actor: occasion.actor,
    subjectOfAction: version,
    reason: given.reason,
    numbers: { failed: given.overridden.join(', ') },
  };
  const started = {
    kind,
    strategy: policy.strategy,
    base: route.champion.version,
    ...(rivals.length === 0 ? {} : { rivals: rivals.map((rival) => rival.version).join(', ') }),
  };
  const also = { rivals, slowMilliseconds, timeoutMilliseconds };
  const isDrill = kind === RolloutKind.Drill;
  return {
    route: routes.begin(route, given.challenger, id, given.salt, occasion, also),
    rollout,
    versions: isDrill ? [] : challengersOf(rollout).map((servable) => ({ version: servable.version, rollout: id })),
    audit: [
      ...(given.overridden.length > 0 ? [override] : []),
      entryOf(AuditAction.RolloutStarted, rollout, occasion, given.reason, started),
    ],
  };
};
