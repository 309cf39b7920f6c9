/** What the sequences came to, in words: that nothing is broken says little where nothing was reached. */
import { Strategy } from '../../../contracts/rollout-policy.ts';
import { RolloutKind } from '../../../contracts/rollouts.ts';
import type { RolloutRecord } from '../../../functions/rollouts/domain/record.ts';
import { endedWith } from './endings.ts';
import type { Observation } from './invariant.ts';

/** What is rolled out how. */
const sortOf = ({ kind, policy }: RolloutRecord): string => {
  if (kind === RolloutKind.Drill) return 'drill';
  return policy.strategy === Strategy.Canary ? `${policy.evidence} canary` : policy.strategy;
};

const ofRollout = (was: RolloutRecord | undefined, is: RolloutRecord): string[] => {
  const happened: readonly (readonly [boolean, string])[] = [
    [was === undefined, 'begun'],
    [is.stages.length > (was?.stages.length ?? 0), 'stage entered'],
    [is.attempt > (was?.attempt ?? 1), 'next attempt'],
    [was?.open === true && !is.open, 'closed'],
    [is.approval !== undefined && was?.approval === undefined, 'approval asked'],
    [is.approval?.approved === true && was?.approval?.approved === undefined, 'approved'],
    [is.drill?.restoredAt !== undefined && was?.drill?.restoredAt === undefined, 'drill measured'],
  ];
  return happened.flatMap(([did, what]) => (did ? [what] : []));
};

/** What a write came to. */
export const whatWasReached = (observation: Observation): string[] => {
  const { before, after } = observation;
  const changed = [...after.rollouts].filter(([id, record]) => before.rollouts.get(id) !== record);
  const isIdle = before.route !== undefined && before.route.rollout === undefined && after.route?.rollout === undefined;
  return [
    ...endedWith(observation).map((rollout) => `${sortOf(rollout)}: ${rollout.status} by ${rollout.end}`),
    ...changed.flatMap(([id, record]) => ofRollout(before.rollouts.get(id), record)),
    ...(isIdle && before.route?.revision !== after.route?.revision ? ['champion before restored'] : []),
  ];
};
