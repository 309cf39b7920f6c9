import { Entity } from 'electrodb';
import { partition, type Table } from '../../platform/table.ts';

const owned = {
  tenant: { type: 'string', required: true },
  model: { type: 'string', required: true },
} as const;

/** A batch of the log that was counted: one that is delivered again finds it. */
export const countedBatchEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'counted-batch', version: '1', service: 'relearn' },
      attributes: {
        ...owned,
        batch: { type: 'string', required: true },
        /** Of a batch that is too long for one transaction, from 0. */
        part: { type: 'number', required: true },
        ttl: { type: 'number', required: true },
      },
      indexes: {
        byBatch: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: ['batch', 'part'], template: 'counted-batch#${batch}#${part}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

/** How many predictions a model gave on a day, UTC. */
export const predictionDayEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'prediction-day', version: '1', service: 'relearn' },
      attributes: {
        ...owned,
        day: { type: 'string', required: true },
        shard: { type: 'number', required: true },
        predictions: { type: 'number' },
      },
      indexes: {
        byDay: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: ['day', 'shard'], template: 'prediction-day#${day}#${shard}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

/** How many predictions of a rollout were assigned to each arm within one minute, whoever answered. */
export const predictionArmEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'prediction-arm', version: '1', service: 'relearn' },
      attributes: {
        ...owned,
        rollout: { type: 'string', required: true },
        /** Begin of the minute, ms since 1970. */
        minute: { type: 'number', required: true, padding: { length: 13, char: '0' } },
        stage: { type: 'string', required: true },
        shard: { type: 'number', required: true },
        champion: { type: 'number' },
        challenger: { type: 'number' },
        ttl: { type: 'number' },
      },
      indexes: {
        byMinute: {
          pk: partition.ofModel,
          sk: {
            field: 'sk',
            composite: ['rollout', 'minute', 'stage', 'shard'],
            template: 'prediction-arm#${rollout}#${minute}#${stage}#${shard}',
            casing: 'none',
          },
        },
      },
    },
    { client: table.client, table: table.table },
  );
