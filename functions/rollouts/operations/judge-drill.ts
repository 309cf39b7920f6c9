import { RolloutEnd } from '../../../contracts/rollouts.ts';
import { RolloutStatus } from '../../../contracts/statuses.ts';
import type { JudgeOutput } from '../../../contracts/workflows.ts';
import { timestamp } from '../../platform/clock.ts';
import type { AlarmStates } from '../alarm-states.ts';
import { AlarmHealth } from '../domain/alarm-health.ts';
import { planAlarms } from '../domain/alarm-plan.ts';
import { breakDrill, expire } from '../domain/changes.ts';
import { isPastDeadline, type RolloutRecord } from '../domain/record.ts';
import { type EndDependencies, endRollout, type RolloutKey } from './end-rollout.ts';
import { reportAnswers } from './report-metrics.ts';

interface Dependencies extends EndDependencies {
  readonly alarms: AlarmStates;
}

const actor = 'rollouts:judge';
/** Failures that are reported at once: more than the alarm asks for. The challenger has no other answers. */
const failures = Array.from({ length: 5 }, () => ({ failed: true, malformed: false, slow: false }));

/**
 * Takes a drill a step further: once its alarm exists, failures are reported on the metric that a failing challenger
 * would report them on, until the alarm fires. The rollback is left to the alarm's message, which is what is rehearsed.
 *
 * @returns undefined where another judge came between
 */
export const judgeDrill = async (
  dependencies: Dependencies,
  key: RolloutKey,
  rollout: RolloutRecord,
): Promise<JudgeOutput | undefined> => {
  const { store, alarms, clock } = dependencies;
  const { health } = await alarms.report(planAlarms(rollout));
  const now = timestamp(clock);
  if (isPastDeadline(rollout, now)) {
    const ended = await endRollout(dependencies, key, actor, (route, record, evidence, occasion) =>
      expire(route, record, RolloutEnd.Expired, `The drill failed: ${failureOf(rollout, health)}.`, evidence, occasion),
    );
    return { status: ended.status, waitSeconds: 1 };
  }
  const { tickSeconds: waitSeconds } = rollout.policy;
  if (health === AlarmHealth.Missing) return { status: RolloutStatus.Running, waitSeconds: 1 };
  if (rollout.drill?.brokenAt === undefined) {
    const broken = breakDrill(rollout, now);
    if (!(await store.save(key.tenant, key.model, broken))) return undefined;
  }
  // Again at each judgement: a crash right after the first time must not leave the drill without failures.
  if (health !== AlarmHealth.Alarm) reportAnswers(clock, rollout.id, failures);
  return { status: RolloutStatus.Running, waitSeconds };
};

const failureOf = ({ policy }: RolloutRecord, health: AlarmHealth): string => {
  const within = `within ${policy.maximumSeconds} s`;
  if (health === AlarmHealth.Alarm) return `its alarm fired, but no rollback followed ${within}`;
  return health === AlarmHealth.Missing
    ? `its alarm was not there ${within}`
    : `its alarm did not fire ${within} of failures`;
};
