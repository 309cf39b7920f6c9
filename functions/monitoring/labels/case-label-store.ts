import { createWriteTransaction } from 'electrodb';
import { minutesKeptSeconds, readBins } from '../../../contracts/label-delays.ts';
import { LabelSource, labelDelayEntity } from '../../inference/index.ts';
import type { Table } from '../../platform/table.ts';
import { isStored } from '../../platform/until-stored.ts';
import type { LabelTally } from '../domain/case-labels.ts';
import { caseLabelCursorEntity, caseLabelDayEntity } from './case-label-entities.ts';

/** How far a model's ledger was counted: all segments up to one, and so many rows of the next. */
export interface LabelCursor {
  readonly segment: number;
  readonly rows: number;
}

/** Validated cases that are the labels of one day. */
interface CaseLabelDay {
  /** UTC. */
  readonly day: string;
  /** Received on that day, naming no prediction. */
  readonly unattributed: number;
  /** Of that day's predictions, by delay, in the order of `delayEdges`. */
  readonly delays: readonly number[];
}

/** Labels that came as validated cases. The cursor moves together with what it has counted. */
export interface CaseLabelStore {
  cursor(tenant: string, model: string): Promise<LabelCursor>;
  /**
   * Adds labels, in one transaction.
   *
   * @param from - the cursor that was read
   * @param tally - at most 99 sums
   * @returns false where another writer came between
   */
  add(
    tenant: string,
    model: string,
    move: { readonly from: LabelCursor; readonly to: LabelCursor },
    tally: LabelTally,
  ): Promise<boolean>;
  /** @returns days from `from` on that have a label, the oldest first */
  days(tenant: string, model: string, from: string): Promise<CaseLabelDay[]>;
}

const begin: LabelCursor = { segment: 0, rows: 0 };
/** Cases come in few writers' hands: nothing is gained by spreading their sums. */
const onlyShard = 0;

export const openCaseLabelStore = (table: Table): CaseLabelStore => {
  const entities = {
    cursors: caseLabelCursorEntity(table),
    days: caseLabelDayEntity(table),
    delays: labelDelayEntity(table),
  };
  return {
    cursor: async (tenant, model) => {
      const { data } = await entities.cursors.get({ tenant, model }).go({ consistent: true });
      return data === null ? begin : { segment: data.segment, rows: data.rows };
    },
    add: async (tenant, model, { from, to }, { unattributed, days, minutes }) => {
      const owner = { tenant, model };
      const isBegin = from.segment === 0 && from.rows === 0;
      const dayNames = new Set([...unattributed.keys(), ...days.keys()]);
      const result = await createWriteTransaction(entities, (on) => [
        on.cursors
          .put({ ...owner, ...to })
          .where(({ segment, rows }, { eq, notExists }) =>
            isBegin ? notExists(segment) : `${eq(segment, from.segment)} AND ${eq(rows, from.rows)}`,
          )
          .commit(),
        ...[...dayNames].map((day) =>
          on.days
            .upsert({ ...owner, day })
            .add({ unattributed: unattributed.get(day) ?? 0, ...days.get(day) })
            .commit(),
        ),
        ...[...minutes].map(([minute, delays]) =>
          on.delays
            .upsert({ ...owner, source: LabelSource.Case, minute, shard: onlyShard })
            .set({ ttl: minute / 1000 + 2 * minutesKeptSeconds })
            .add(delays)
            .commit(),
        ),
      ]).go();
      return isStored(result);
    },
    days: async (tenant, model, from) => {
      const { data } = await entities.days.query
        .byDay({ tenant, model })
        .gte({ day: from })
        .go({ pages: 'all', consistent: true });
      return data.map((item) => ({ day: item.day, unattributed: item.unattributed ?? 0, delays: readBins(item) }));
    },
  };
};
