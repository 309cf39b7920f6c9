import { Entity } from 'electrodb';
import { binAttributes } from '../../inference/index.ts';
import { partition, type Table } from '../../platform/table.ts';

const owned = {
  tenant: { type: 'string', required: true },
  model: { type: 'string', required: true },
} as const;

/** Validated cases as labels: by the day of the prediction that they name, else of their receipt; UTC. */
export const caseLabelDayEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'case-label-day', version: '1', service: 'relearn' },
      attributes: {
        ...owned,
        day: { type: 'string', required: true },
        /** Received on that day, naming no prediction. */
        unattributed: { type: 'number' },
        ...binAttributes,
      },
      indexes: {
        byDay: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: ['day'], template: 'case-label-day#${day}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

/** How far the ledger was counted: all segments up to one, and so many rows of the next. */
export const caseLabelCursorEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'case-label-cursor', version: '1', service: 'relearn' },
      attributes: {
        ...owned,
        segment: { type: 'number', required: true },
        rows: { type: 'number', required: true },
      },
      indexes: {
        ofModel: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: [], template: 'case-label-cursor', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );
