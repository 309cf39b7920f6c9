import { meanRewardOf } from '../mean-reward.ts';
import { discordantOf, type PairCounts, pairsOf } from '../paired-process.ts';
import type { Measured } from './assumptions.ts';

/** Outcomes of one version's predictions of one day. */
interface OutcomeDay {
  /** YYYY-MM-DD, UTC. */
  readonly day: string;
  readonly version: string;
  readonly count: number;
  /** Sum of the rewards. */
  readonly rewards: number;
}

/** What a model's record holds. */
export interface Records {
  readonly casesPerDay: number;
  /** Of the last 28 days. */
  readonly outcomeDays: readonly OutcomeDay[];
  readonly champion: string | undefined;
  /** Accuracy of the champion on its sealed holdout. */
  readonly holdoutAccuracy: number | undefined;
  /** Of the last rollout that counted any. */
  readonly pairs: PairCounts | undefined;
}

const dayMilliseconds = 86_400_000;
/** Pairs below which a share of them says too little. */
const leastPairs = 50;

/** Outcomes a day since the first of these days; over one day at least. */
const outcomesPerDay = (days: readonly OutcomeDay[], now: string): number => {
  if (days.length === 0) return 0;
  const first = Math.min(...days.map(({ day }) => Date.parse(day)));
  const count = days.reduce((sum, day) => sum + day.count, 0);
  return count / Math.max(1, (Date.parse(now) - first) / dayMilliseconds);
};

/**
 * What the record says of the traffic and of the champion. Pairs of a rollout come before the holdout: they were drawn
 * from the cases that are to come.
 *
 * @param now - ISO 8601, UTC
 */
export const measure = (records: Records, now: string): Measured => {
  const { casesPerDay, outcomeDays, champion, holdoutAccuracy, pairs } = records;
  const ofChampion = outcomeDays.filter(({ version }) => version === champion);
  const rates = {
    labelsPerDay: casesPerDay,
    outcomesPerDay: outcomesPerDay(outcomeDays, now),
    meanReward: meanRewardOf(ofChampion),
  };
  if (pairs === undefined || pairsOf(pairs) < leastPairs) return { ...rates, accuracy: holdoutAccuracy };
  const count = pairsOf(pairs);
  return { ...rates, accuracy: (pairs.both + pairs.championOnly) / count, disagreement: discordantOf(pairs) / count };
};
