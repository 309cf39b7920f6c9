import { Entity } from 'electrodb';
import { type DelayBin, delayBins } from '../../../contracts/label-delays.ts';
import { partition, type Table } from '../../platform/table.ts';

const owned = {
  tenant: { type: 'string', required: true },
  model: { type: 'string', required: true },
} as const;

export const binAttributes = Object.fromEntries(delayBins.map((bin) => [bin, { type: 'number' }])) as Record<
  DelayBin,
  { readonly type: 'number' }
>;

/** Outcomes of one version's predictions of one day, UTC. */
export const outcomeDayEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'outcome-day', version: '1', service: 'relearn' },
      attributes: {
        ...owned,
        day: { type: 'string', required: true },
        version: { type: 'string', required: true },
        shard: { type: 'number', required: true },
        count: { type: 'number' },
        /** Sum of the rewards. */
        rewards: { type: 'number' },
        positives: { type: 'number' },
        /** Outcomes whose prediction had a score. */
        scored: { type: 'number' },
        /** Sum of their scores. */
        scores: { type: 'number' },
        ...binAttributes,
      },
      indexes: {
        byDay: {
          pk: partition.ofModel,
          sk: {
            field: 'sk',
            composite: ['day', 'version', 'shard'],
            template: 'outcome-day#${day}#${version}#${shard}',
            casing: 'none',
          },
        },
      },
    },
    { client: table.client, table: table.table },
  );

/** Where labels come from. */
export const LabelSource = { Outcome: 'outcome', Case: 'case' } as const;
export type LabelSource = (typeof LabelSource)[keyof typeof LabelSource];

/** The delays of labels of predictions that were made within one minute, for as long as such detail matters. */
export const labelDelayEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'label-delay', version: '1', service: 'relearn' },
      attributes: {
        ...owned,
        source: { type: Object.values(LabelSource), required: true },
        /** Begin of the minute, ms since 1970. */
        minute: { type: 'number', required: true, padding: { length: 13, char: '0' } },
        shard: { type: 'number', required: true },
        ...binAttributes,
        ttl: { type: 'number' },
      },
      indexes: {
        byMinute: {
          pk: partition.ofModel,
          sk: {
            field: 'sk',
            composite: ['source', 'minute', 'shard'],
            template: 'label-delay#${source}#${minute}#${shard}',
            casing: 'none',
          },
        },
      },
    },
    { client: table.client, table: table.table },
  );
