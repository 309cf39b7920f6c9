import { createWriteTransaction, Entity } from 'electrodb';
import { type Clock, timestamp } from '../../platform/clock.ts';
import { partition, type Table } from '../../platform/table.ts';
import { isStored, untilStored } from '../../platform/until-stored.ts';
import { type Budget, monthOf } from '../domain/budget.ts';

const owned = {
  tenant: { type: 'string', required: true },
  model: { type: 'string', required: true },
} as const;

/** What the trainings of a model have cost in a month. */
const monthEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'training-month', version: '1', service: 'relearn' },
      attributes: { ...owned, month: { type: 'string', required: true }, dollars: { type: 'number' } },
      indexes: {
        byMonth: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: ['month'], template: 'training-month#${month}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

/** That a run is charged. */
const chargeEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'training-charge', version: '1', service: 'relearn' },
      attributes: {
        ...owned,
        run: { type: 'string', required: true },
        dollars: { type: 'number', required: true },
        chargedAt: { type: 'string', required: true },
      },
      indexes: {
        byRun: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: ['run'], template: 'training-charge#${run}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

export const openBudget = (table: Table, clock: Clock): Budget => {
  const entities = { months: monthEntity(table), charges: chargeEntity(table) };
  return {
    charge: async (tenant, model, run, dollars) => {
      if (dollars === 0) return;
      await untilStored(`the charge of ${run}`, async () => {
        const { data } = await entities.charges.get({ tenant, model, run }).go({ consistent: true });
        if (data !== null) return true;
        const chargedAt = timestamp(clock);
        const result = await createWriteTransaction(entities, (on) => [
          on.charges.create({ tenant, model, run, dollars, chargedAt }).commit(),
          on.months
            .upsert({ tenant, model, month: monthOf(chargedAt) })
            .add({ dollars })
            .commit(),
        ]).go();
        return isStored(result) || undefined;
      });
    },
    spent: async (tenant, model, month) => {
      const { data } = await entities.months.get({ tenant, model, month }).go({ consistent: true });
      return data?.dollars ?? 0;
    },
  };
};
