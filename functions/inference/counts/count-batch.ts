import { createWriteTransaction } from 'electrodb';
import { daySeconds } from '../../../contracts/durations.ts';
import type { Table } from '../../platform/table.ts';
import { isStored, untilStored } from '../../platform/until-stored.ts';
import { shards } from '../shards.ts';
import { countedBatchEntity, predictionArmEntity, predictionDayEntity } from './entities.ts';
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
const markerSeconds = daySeconds;
/** After the longest rollout, with its holdback and its label window. */
const armsSeconds = 2 * 366 * daySeconds;

/** What one transaction adds. */
type Part = Pick<ModelCounts, 'days' | 'arms'>;

/** The same counts are cut into the same parts. */
const partsOf = ({ days, arms }: ModelCounts): Part[] =>
  Array.from({ length: Math.ceil((days.length + arms.length) / countsAtOnce) }, (_, part) => {
    const [from, until] = [part * countsAtOnce, (part + 1) * countsAtOnce];
    return {
      days: days.slice(from, until),
      arms: arms.slice(Math.max(0, from - days.length), Math.max(0, until - days.length)),
    };
  });

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

  return async (batch, counts, now) => {
    const owner = { tenant: counts.tenant, model: counts.model };
    const seconds = Math.floor(now / 1000);
    const shard = Number.parseInt(batch.slice(0, 6), 16) % shards;
    for (const [part, { days, arms }] of partsOf(counts).entries()) {
      await untilStored('the counts of predictions', async () => {
        const result = await createWriteTransaction(entities, (on) => [
          on.batches.create({ ...owner, batch, part, ttl: seconds + markerSeconds }).commit(),
          ...days.map(({ day, predictions }) =>
            on.days
              .upsert({ ...owner, day, shard })
              .add({ predictions })
              .commit(),
          ),
          ...arms.map(({ rollout, minute, stage, champion, challenger }) =>
            on.arms
              .upsert({ ...owner, rollout, minute, stage, shard })
              .set({ ttl: seconds + armsSeconds })
              .add({ champion, challenger })
              .commit(),
          ),
        ]).go();
        return isStored(result) || (await isCounted(owner.tenant, owner.model, batch, part)) || undefined;
      });
    }
  };
};
