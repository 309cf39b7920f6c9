import type { Arm } from '../../contracts/inference.ts';
import { rolloutOutcomeEntity, rolloutSubjectEntity } from '../../functions/inference/index.ts';
import type { Clock } from '../../functions/platform/clock.ts';
import type { Table } from '../../functions/platform/table.ts';
import type { RolloutRecord } from '../../functions/rollouts/domain/record.ts';

/** Rewards of predictions that were made while a rollout ran. */
export interface LiveOutcomes {
  readonly arm: Arm;
  /** That was asked, and answered. */
  readonly version: string;
  readonly rewards: readonly number[];
  /** Of all of them. @default none */
  readonly subject?: string;
}

/** A clock that stands still until it is told how much time has passed. */
export const openClock = (at = Date.now()): Clock & { pass(seconds: number): void } => {
  let now = at;
  return {
    now: () => now,
    pass: (seconds) => {
      now += seconds * 1000;
    },
  };
};

/** Stores outcomes as the inference slice does, of predictions that were made at the clock's time in the present stage. */
export const openLiveOutcomes = (table: Table, tenant: string, model: string) => {
  const outcomes = rolloutOutcomeEntity(table);
  const subjects = rolloutSubjectEntity(table);
  let count = 0;
  return async (rollout: RolloutRecord, clock: Clock, given: readonly LiveOutcomes[]): Promise<void> => {
    const of = { tenant, model, rollout: rollout.id, ttl: 4_102_444_800 };
    const assignedAt = clock.now();
    const stage = rollout.stages.at(-1)?.name ?? '';
    const items = given.flatMap(({ arm, version, rewards, subject }) =>
      rewards.map((reward, index) => ({
        ...of,
        ...{ arm, version, assigned: version, stage, reward, failed: false, milliseconds: 1, assignedAt },
        place: (index + 0.5) / rewards.length,
        ...(subject === undefined ? {} : { subject }),
      })),
    );
    // The arms take turns, as the split gives them.
    items.sort((one, other) => one.place - other.place);
    const numbered = items.map(({ place: _, ...item }) => {
      count += 1;
      return { ...item, nonce: `n${String(count).padStart(8, '0')}` };
    });
    await outcomes.put(numbered).go();
    for (const { subject } of given) {
      if (subject !== undefined) await subjects.put({ ...of, subject, firstAt: assignedAt }).go();
    }
  };
};

/** So many rewards of 0 and 1, with as near a share of ones as can be. */
export const rewards = (count: number, share: number): number[] =>
  Array.from({ length: count }, (_, index) => Math.floor((index + 1) * share) - Math.floor(index * share));
