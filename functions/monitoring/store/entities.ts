import { CustomAttributeType, Entity } from 'electrodb';
import { partition, type Table } from '../../platform/table.ts';
import type { Tally } from '../domain/tally.ts';

/** How far the model's ledger has been scored. */
export const cursorEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'performance-cursor', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        model: { type: 'string', required: true },
        sequence: { type: 'number', required: true },
      },
      indexes: {
        ofModel: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: [], template: 'performance-cursor', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

/** All that was scored of a version. */
export const totalsEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'performance', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        model: { type: 'string', required: true },
        version: { type: 'string', required: true },
        tally: { type: CustomAttributeType<Tally>('any'), required: true },
      },
      indexes: {
        byVersion: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: ['version'], template: 'performance#${version}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

/** What was scored of a version in one segment. */
export const pointEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'performance-point', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        model: { type: 'string', required: true },
        version: { type: 'string', required: true },
        segment: { type: 'number', required: true, padding: { length: 12, char: '0' } },
        at: { type: 'string', required: true },
        cases: { type: 'number', required: true },
        correct: { type: 'number', required: true },
      },
      indexes: {
        bySegment: {
          pk: partition.ofModel,
          sk: {
            field: 'sk',
            composite: ['version', 'segment'],
            template: 'performance-point#${version}#${segment}',
            casing: 'none',
          },
        },
      },
    },
    { client: table.client, table: table.table },
  );
