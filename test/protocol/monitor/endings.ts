/** I6, I7 and I9: what may end a rollout, what is restored, and that it happens once. */
import { RolloutEnd } from '../../../contracts/rollouts.ts';
import { isFinishedRollout, RolloutStatus } from '../../../contracts/statuses.ts';
import type { RolloutRecord } from '../../../functions/rollouts/domain/record.ts';
import { firstFalse, type Invariant, type Observation, same } from './invariant.ts';
import { Rule } from './rules.ts';

/** Rollouts that ran before a write and have ended with it. */
export const endedWith = ({ before, after }: Pick<Observation, 'before' | 'after'>): RolloutRecord[] =>
  [...after.rollouts.values()].filter(({ id, status }) => {
    const was = before.rollouts.get(id);
    return was !== undefined && !isFinishedRollout(was.status) && isFinishedRollout(status);
  });

const changedRollouts = ({ before, after }: Observation): string[] =>
  [...after.rollouts].filter(([id, record]) => before.rollouts.get(id) !== record).map(([id]) => id);

const ownAlarm: Invariant = {
  rule: Rule.OwnAlarm,
  violation: (observation) => {
    const { world, process } = observation;
    const strange = endedWith(observation).find(({ id, end }) => end === RolloutEnd.Alarm && !world.fired.has(id));
    if (strange !== undefined) return `${strange.id} was ended by an alarm, and none of its own has fired`;
    if (process?.about.kind !== 'alarm') return undefined;
    const foreign = changedRollouts(observation).find((id) => id !== process.about.rollout);
    return firstFalse(
      [foreign === undefined, `the alarm of ${process.about.rollout} changed ${foreign}`],
      [changedRollouts(observation).length > 0, `the alarm of ${process.about.rollout} changed more than a rollout`],
    );
  },
};

const recordedBase: Invariant = {
  rule: Rule.RecordedBase,
  violation: (observation) => {
    const { before, after } = observation;
    const running = after.route?.rollout === undefined ? undefined : after.rollouts.get(after.route.rollout);
    if (running !== undefined && !same(after.route?.champion, running.base)) {
      return `${running.id} runs on ${after.route?.champion.version}, and its base is ${running.base?.version}`;
    }
    for (const { id, status, base } of endedWith(observation)) {
      if (status === RolloutStatus.Promoted) continue;
      const wrong = firstFalse(
        [same(after.route?.champion, base), `${id} restored ${after.route?.champion.version}, not ${base?.version}`],
        [same(after.route?.previous, before.route?.previous), `${id} changed the champions that are kept`],
      );
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  },
};

/** A policy that changes meanwhile is for the next rollout, a version that was trained meanwhile too. */
const fixedAtBegin: Invariant = {
  rule: Rule.FixedAtBegin,
  violation: ({ before, after }) => {
    const kept = ({ base, challenger, rivals, policy, kind, startedAt }: RolloutRecord) => [
      ...[base, challenger, rivals],
      ...[policy, kind, startedAt],
    ];
    const changed = [...after.rollouts].find(([id, is]) => {
      const was = before.rollouts.get(id);
      return was !== undefined && was !== is && !same(kept(was), kept(is));
    });
    return changed === undefined
      ? undefined
      : `${changed[0]} has another base, challenger or policy than it began with`;
  },
};

const promotion: Invariant = {
  rule: Rule.Success,
  violation: (observation) => {
    const { before, after } = observation;
    for (const { id, status, challenger, rivals } of endedWith(observation)) {
      if (status !== RolloutStatus.Promoted) continue;
      const wrong = firstFalse(
        [
          [challenger, ...rivals].some((one) => same(after.route?.champion, one)),
          `${id} is called promoted, ${after.route?.champion.version} serves`,
        ],
        [same(after.route?.previous[0], before.route?.champion), `${id} left its base behind`],
      );
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  },
};

const once: Invariant = {
  rule: Rule.EndsOnce,
  violation: (observation) => {
    const { before, after, written } = observation;
    const told = written.map(({ entry }) => (entry as { subjectOfAction?: string } | undefined)?.subjectOfAction);
    for (const [id, { status, endedAt, end, endReason }] of after.rollouts) {
      const was = before.rollouts.get(id);
      if (was?.status === status) continue;
      const wrong = firstFalse(
        [was === undefined || !isFinishedRollout(was.status), `${id} ended twice`],
        [told.includes(id), `${id} became ${status}, and the audit does not know`],
        [
          isFinishedRollout(status) === (endedAt !== undefined && end !== undefined && endReason !== undefined),
          `${id} is ${status} without saying when and why`,
        ],
      );
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  },
};

/** A rollback by hand leaves one version, however often it is tried. */
const idempotent = (): Invariant => {
  const changed = new WeakSet<object>();
  return {
    rule: Rule.Idempotent,
    violation: ({ before, after, process }) => {
      if (process?.about.kind !== 'by-hand') return undefined;
      const { from } = process.about;
      const { champion, challenger, rivals = [] } = before.route ?? {};
      const serving = [champion, challenger, ...rivals.map(({ servable }) => servable)].map((one) => one?.version);
      if (from !== undefined && !serving.includes(from)) return `${from} was left, and did not serve any longer`;
      if (before.route?.champion.version === after.route?.champion.version) return undefined;
      if (changed.has(process)) return 'one rollback went back twice';
      changed.add(process);
      return undefined;
    },
  };
};

export const endingInvariants = (): readonly Invariant[] => [
  ownAlarm,
  recordedBase,
  fixedAtBegin,
  promotion,
  once,
  idempotent(),
];
