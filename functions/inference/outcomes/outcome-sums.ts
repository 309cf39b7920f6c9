import { delayBins, readBins } from '../../../contracts/label-delays.ts';
import type { Table } from '../../platform/table.ts';
import { type LabelSource, labelDelayEntity, outcomeDayEntity } from './sum-entities.ts';

/** Outcomes of one version's predictions of one day. */
export interface OutcomeDaySums {
  /** Of the predictions, UTC. */
  readonly day: string;
  readonly version: string;
  readonly count: number;
  /** Sum of the rewards, 0 to `count`. */
  readonly rewards: number;
  readonly positives: number;
  /** Outcomes whose prediction had a score, and the sum of these scores. */
  readonly scored: number;
  readonly scores: number;
  /** Outcomes by their delay, in the order of `delayEdges`. */
  readonly delays: readonly number[];
}

/** Labels of the predictions of one minute, by their delay. */
export interface MinuteDelays {
  /** Begin, ms since 1970. */
  readonly minute: number;
  readonly delays: readonly number[];
}

/** Sums over outcomes. */
export interface OutcomeSums {
  /**
   * By day and version, the oldest day first.
   *
   * @param from - first day
   */
  days(tenant: string, model: string, from: string): Promise<OutcomeDaySums[]>;
  /**
   * By minute of the prediction, the oldest first.
   *
   * @param from - ms since 1970; minutes are kept for two days
   */
  minutes(tenant: string, model: string, source: LabelSource, from: number): Promise<MinuteDelays[]>;
}

const addLists = (one: readonly number[], other: readonly number[]): number[] =>
  one.map((value, index) => value + (other[index] ?? 0));

/** No delays yet. */
const none: readonly number[] = delayBins.map(() => 0);

export const openOutcomeSums = (table: Table): OutcomeSums => {
  const outcomeDays = outcomeDayEntity(table);
  const labelDelays = labelDelayEntity(table);
  return {
    days: async (tenant, model, from) => {
      const { data } = await outcomeDays.query
        .byDay({ tenant, model })
        .gte({ day: from })
        .go({ pages: 'all', consistent: true });
      const groups = Map.groupBy(data, ({ day, version }) => `${day} ${version}`);
      return [...groups.values()].map((items) =>
        items.reduce<OutcomeDaySums>(
          (sums, item) => ({
            day: item.day,
            version: item.version,
            count: sums.count + (item.count ?? 0),
            rewards: sums.rewards + (item.rewards ?? 0),
            positives: sums.positives + (item.positives ?? 0),
            scored: sums.scored + (item.scored ?? 0),
            scores: sums.scores + (item.scores ?? 0),
            delays: addLists(sums.delays, readBins(item)),
          }),
          { day: '', version: '', count: 0, rewards: 0, positives: 0, scored: 0, scores: 0, delays: none },
        ),
      );
    },
    minutes: async (tenant, model, source, from) => {
      const { data } = await labelDelays.query
        .byMinute({ tenant, model, source })
        .gte({ minute: from })
        .go({ pages: 'all', consistent: true });
      return [...Map.groupBy(data, ({ minute }) => minute)].map(([minute, items]) => ({
        minute,
        delays: items.map(readBins).reduce(addLists, none),
      }));
    },
  };
};
