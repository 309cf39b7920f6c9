import type { OutcomeDay, VersionPerformance } from '../../../contracts/monitoring.ts';

/** Sums over outcomes, such as those of a day. */
interface OutcomeTotals {
  readonly count: number;
  readonly rewards: number;
  readonly positives: number;
  /** Outcomes whose prediction had a score, and the sum of these scores. */
  readonly scored: number;
  readonly scores: number;
}

/** The same of the predictions of one day, UTC. */
export interface DayTotals extends OutcomeTotals {
  readonly day: string;
}

const noOutcomes: OutcomeTotals = { count: 0, rewards: 0, positives: 0, scored: 0, scores: 0 };

const add = (one: OutcomeTotals, other: OutcomeTotals): OutcomeTotals => ({
  count: one.count + other.count,
  rewards: one.rewards + other.rewards,
  positives: one.positives + other.positives,
  scored: one.scored + other.scored,
  scores: one.scores + other.scores,
});

/** A mean of values in [0, 1]; null of none. Sums of fractions may be off by the last digit of a number. */
const share = (sum: number, count: number): number | null =>
  count === 0 ? null : Math.min(1, Math.max(0, sum / count));

const means = ({ count, rewards, positives, scored, scores }: OutcomeTotals) => ({
  positiveRate: share(positives, count),
  meanScore: share(scores, scored),
  meanReward: share(rewards, count),
});

/** The outcomes of one version on some days, together and by day, the oldest day first. */
export const summariseOutcomes = (days: readonly DayTotals[]): VersionPerformance['outcomes'] => {
  const total = days.reduce<OutcomeTotals>(add, noOutcomes);
  const sorted = [...days].sort((one, other) => one.day.localeCompare(other.day));
  return {
    count: total.count,
    ...means(total),
    days: sorted.map((sums): OutcomeDay => ({ day: sums.day, samples: sums.count, ...means(sums) })),
  };
};
