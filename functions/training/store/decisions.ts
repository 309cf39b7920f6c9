import { Entity } from 'electrodb';
import type { TriggerDecision } from '../../../contracts/cases.ts';
import { daySeconds } from '../../../contracts/durations.ts';
import type { TrainingDecision } from '../../../contracts/training.ts';
import { type Clock, timestamp } from '../../platform/clock.ts';
import { partition, type Table } from '../../platform/table.ts';

const keptDays = 90;

/** How often a model was not trained for one reason on one day: however many cases come, a day has a dozen items. */
const decisionEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'training-decision', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        model: { type: 'string', required: true },
        day: { type: 'string', required: true },
        reason: { type: 'string', required: true },
        count: { type: 'number' },
        firstAt: { type: 'string' },
        lastAt: { type: 'string' },
        detail: { type: 'string' },
        ttl: { type: 'number' },
      },
      indexes: {
        byDay: {
          pk: partition.ofModel,
          sk: {
            field: 'sk',
            composite: ['day', 'reason'],
            template: 'training-decision#${day}#${reason}',
            casing: 'none',
          },
        },
      },
    },
    { client: table.client, table: table.table },
  );

type Reason = TriggerDecision['reason'];

/** Why models were not trained. */
export interface Decisions {
  /** Keeps a decision not to train, with its reason. */
  record(tenant: string, model: string, decision: { readonly reason: Reason; readonly detail: string }): Promise<void>;
  /** @returns decisions, the newest day first, before the place given */
  list(tenant: string, model: string, limit: number, before?: string): Promise<TrainingDecision[]>;
}

/** A decision's place in the list. */
export const placeOf = ({ day, reason }: Pick<TrainingDecision, 'day' | 'reason'>): string => `${day}#${reason}`;

const [firstDay, lastDay] = ['0000-00-00', '9999-99-99'];

export const openDecisions = (table: Table, clock: Clock): Decisions => {
  const entity = decisionEntity(table);
  return {
    record: async (tenant, model, { reason, detail }) => {
      const at = timestamp(clock);
      const ttl = Math.floor(clock.now() / 1000) + keptDays * daySeconds;
      await entity
        .update({ tenant, model, day: at.slice(0, firstDay.length), reason })
        .add({ count: 1 })
        .set({ lastAt: at, detail, ttl })
        .data(({ firstAt }, { ifNotExists }) => ifNotExists(firstAt, at))
        .go();
    },
    list: async (tenant, model, limit, before) => {
      const [day = lastDay, reason = '~'] = before?.split('#') ?? [];
      const { data } = await entity.query
        .byDay({ tenant, model })
        .between({ day: firstDay, reason: '' }, { day, reason })
        .go({ limit: limit + 1, order: 'desc', consistent: true });
      return data
        .map(({ day, reason, count = 0, firstAt = '', lastAt = '', detail = '' }) => ({
          day,
          reason: reason as Reason,
          count,
          firstAt,
          lastAt,
          detail,
        }))
        .filter((decision) => placeOf(decision) !== before)
        .slice(0, limit);
    },
  };
};
