/** I4, I5, and the alarms of I6. */
import { Strategy } from '../../../contracts/rollout-policy.ts';
import { isFinishedRollout } from '../../../contracts/statuses.ts';
import { planAlarms } from '../../../functions/rollouts/domain/alarm-plan.ts';
import { firstFalse, type Invariant, same } from './invariant.ts';
import { Rule } from './rules.ts';

const finished: Invariant = {
  rule: Rule.Finished,
  violation: ({ before, after }) => {
    for (const [id, ended] of before.rollouts) {
      if (!isFinishedRollout(ended.status)) continue;
      const now = after.rollouts.get(id);
      // A drill's measurement comes after its end.
      const { attempt, open, revision, drill, ...frozen } = ended;
      const kept = { attempt, open, revision, drill };
      const wrong = firstFalse(
        [after.route?.rollout !== id, `${id} has ended and is on the route again`],
        [same({ ...now, ...kept }, { ...frozen, ...kept }), `${id} changed afterwards`],
        [open || now?.open === false, `${id} was closed and is open again`],
      );
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  },
};

const monotone: Invariant = {
  rule: Rule.Monotone,
  violation: ({ before: { route: was }, after: { route: is, rollouts } }) => {
    if (was?.rollout === undefined || was.rollout !== is?.rollout || is.weight >= was.weight) return undefined;
    const isBandit = rollouts.get(was.rollout)?.policy.strategy === Strategy.Bandit;
    return isBandit ? undefined : `the weight fell from ${was.weight} to ${is.weight}`;
  },
};

/** Traffic is guarded before it begins, and what guards it goes last. */
const guarded: Invariant = {
  rule: Rule.Guarded,
  violation: ({ before, after, world }) => {
    const { route, rollouts } = after;
    const running = route?.rollout === undefined ? undefined : rollouts.get(route.rollout);
    if (running !== undefined && running.stages.length > 0) {
      const { names } = planAlarms(running);
      const missing = names.find((name) => !world.alarms.includes(name));
      if (missing !== undefined) return `${running.id} is in a stage without ${missing}`;
    }
    for (const [id, { open, status }] of after.rollouts) {
      if (open || before.rollouts.get(id)?.open !== true) continue;
      const left = world.alarms.find((name) => name.includes(id));
      const wrong = firstFalse(
        [isFinishedRollout(status), `${id} was closed while it runs`],
        [left === undefined, `${id} was closed before ${left} was deleted`],
      );
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  },
};

export const rampInvariants: readonly Invariant[] = [finished, monotone, guarded];
