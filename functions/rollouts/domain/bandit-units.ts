import type { EarnedByVersion } from './judge-bandit.ts';
import { type AssignedOutcome, type UnitRule, windowOf } from './randomised/units.ts';

/** The outcome of a prediction, and the version that was asked for it. */
type BanditOutcome = AssignedOutcome & { readonly assigned: string };

interface Growing {
  readonly subject: string | undefined;
  readonly version: string;
  readonly window: number;
  predictions: number;
  rewards: number;
}

/** What units earn their versions, of outcomes that come one by one. */
export interface BanditCollection {
  /** @param outcome - the next in the order of their predictions */
  add(outcome: BanditOutcome): void;
  /** Subjects of the units. */
  subjects(): string[];
  /**
   * @param isKnown - subjects that counted before
   * @returns what was earned before, with what the units add to it
   */
  earned(before: EarnedByVersion, isKnown: (subject: string) => boolean): EarnedByVersion;
}

/**
 * Units as randomised evidence has them, by version: a subject counts once in a rollout, by the mean over its first
 * window of the rewards of the version that it met first there; without a subject, or without windows, each prediction is
 * a unit.
 */
export const collectEarned = (rule: UnitRule): BanditCollection => {
  const growing = new Map<string, Growing>();
  return {
    add: (outcome) => {
      const subject = rule.windowMilliseconds === undefined ? undefined : outcome.subject;
      const key = subject ?? `${outcome.assignedAt}#${outcome.nonce}`;
      const window = windowOf(outcome.assignedAt, rule);
      const known = growing.get(key);
      if (known === undefined) {
        growing.set(key, { subject, version: outcome.assigned, window, predictions: 1, rewards: outcome.reward });
      } else if (known.window === window && known.version === outcome.assigned) {
        known.predictions += 1;
        known.rewards += outcome.reward;
      }
    },
    subjects: () => [...growing.values()].flatMap(({ subject }) => subject ?? []),
    earned: (before, isKnown) => {
      const sums = new Map(Object.entries(before));
      for (const { subject, version, predictions, rewards } of growing.values()) {
        if (subject !== undefined && isKnown(subject)) continue;
        const { units, rewards: sum } = sums.get(version) ?? { units: 0, rewards: 0 };
        sums.set(version, { units: units + 1, rewards: sum + Math.min(1, rewards / predictions) });
      }
      return Object.fromEntries(sums);
    },
  };
};
