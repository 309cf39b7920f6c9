/** A rehearsed rollback: what it took, from the first failure to the route that was found restored. */
import { AuditAction } from '../../../../contracts/monitoring.ts';
import type { DrillResult } from '../../../../contracts/rollouts.ts';
import type { RolloutRecord } from '../record.ts';
import { assertRunning, entryOf, type Occasion, type RecordChange } from './change.ts';

/**
 * Keeps when the failures were first reported.
 *
 * @throws RolloutEndedError
 */
export const breakDrill = (rollout: RolloutRecord, brokenAt: string): RolloutRecord => {
  assertRunning(rollout);
  return { ...rollout, drill: { ...rollout.drill, brokenAt }, revision: rollout.revision + 1 };
};

/**
 * Keeps when the alarm fired, with the rollback that it led to. A time that is cut off to the second may lie before the
 * failures that the alarm saw.
 */
export const withAlarm = (rollout: RolloutRecord, firedAt: string): RolloutRecord => {
  const { brokenAt = firedAt } = rollout.drill ?? {};
  const alarmedAt = Date.parse(firedAt) < Date.parse(brokenAt) ? brokenAt : firedAt;
  return { ...rollout, drill: { ...rollout.drill, alarmedAt } };
};

/** Keeps when the route was found restored, and tells what all of it took. */
export const completeDrill = (rollout: RolloutRecord, restoredAt: string, occasion: Occasion): RecordChange => {
  const drill = measure({ ...rollout.drill, restoredAt });
  const next = { ...rollout, drill, revision: rollout.revision + 1 };
  const { alarmToRouteMilliseconds = null, totalMilliseconds = null } = drill;
  const reason =
    `The route was found restored ${alarmToRouteMilliseconds} ms after the alarm fired, ` +
    `and ${totalMilliseconds} ms after the first failure.`;
  return {
    rollout: next,
    versions: [],
    audit: [
      entryOf(AuditAction.RollbackDrilled, next, occasion, reason, { alarmToRouteMilliseconds, totalMilliseconds }),
    ],
  };
};

const measure = (drill: DrillResult): DrillResult => {
  const { brokenAt, alarmedAt, restoredAt } = drill;
  const between = (from: string | undefined): number | undefined =>
    from === undefined || restoredAt === undefined ? undefined : Date.parse(restoredAt) - Date.parse(from);
  const [alarmToRouteMilliseconds, totalMilliseconds] = [between(alarmedAt), between(brokenAt)];
  return {
    ...drill,
    ...(alarmToRouteMilliseconds === undefined ? {} : { alarmToRouteMilliseconds }),
    ...(totalMilliseconds === undefined ? {} : { totalMilliseconds }),
  };
};
