import { createWriteTransaction } from 'electrodb';
import type { Table } from '../../platform/table.ts';
import { isStored, untilStored } from '../../platform/until-stored.ts';
import { countedBatchEntity, predictionArmEntity, predictionDayEntity, shards } from './entities.ts';
import type { ArmCounts } from './prediction-counts.ts';

/** Predictions of one model that one batch of the log tells of. */
interface ModelCounts {
  readonly tenant: string;
  readonly model: string;
  readonly days: readonly { readonly day: string; readonly predictions: number }[];
  readonly arms: readonly (ArmCounts & {
    readonly rollout: string;
    readonly stage: string;
    /** Begin, ms since 1970. */
    readonly minute: number;
  })[];
}

/**
 * Adds what a batch of the log tells of a model, once, however often the batch is delivered.
 *
 * @param batch - its identity, hexadecimal: the same batch is cut into the same parts
 * @throws ConflictError where others kept writing to the same counts; the batch comes again
 */
export type CountBatch = (batch: string, counts: ModelCounts, now: number) => Promise<void>;

/** Counts of one transaction, which may hold 100 writes. */
const countsAtOnce = 90;
/** Lambda tries for six hours to deliver a batch. */
const markerSeconds = 86_400;
/** After the longest rollout, with its holdback and its label window. */
const armsSeconds = 2 * 366 * 86_400;

export const openCountBatch = (table: Table): CountBatch => {
  const entities = {
    batches: countedBatchEntity(table),
    days: predictionDayEntity(table),
    arms: predictionArmEntity(table),
  };

  const isCounted = async (tenant: string, model: string, batch: string, part: number): Promise<boolean> => {
    const { data } = await entities.batches.get({ tenant, model, batch, part }).go({ consistent: true });
    return data !== null;
  };

  return async (batch, { tenant, model, days, arms }, now) => {
    const owner = { tenant, model };
    const seconds = Math.floor(now / 1000);
    const shard = Number.parseInt(batch.slice(0, 6), 16) % shards;
    const parts = Math.ceil((days.length + arms.length) / countsAtOnce);
    for (let part = 0; part < parts; part += 1) {
      const [from, until] = [part * countsAtOnce, (part + 1) * countsAtOnce];
      const partDays = days.slice(from, until);
      const partArms = arms.slice(Math.max(0, from - days.length), Math.max(0, until - days.length));
      await untilStored('the counts of predictions', async () => {
        const result = await createWriteTransaction(entities, (on) => [
          on.batches.create({ ...owner, batch, part, ttl: seconds + markerSeconds }).commit(),
          ...partDays.map(({ day, predictions }) =>
            on.days
              .upsert({ ...owner, day, shard })
              .add({ predictions })
              .commit(),
          ),
          ...partArms.map(({ rollout, minute, stage, champion, challenger }) =>
            on.arms
              .upsert({ ...owner, rollout, minute, stage, shard })
              .set({ ttl: seconds + armsSeconds })
              .add({ champion, challenger })
              .commit(),
          ),
        ]).go();
        return isStored(result) || (await isCounted(tenant, model, batch, part)) || undefined;
      });
    }
  };
};
