import { CustomAttributeType, Entity } from 'electrodb';
import { platformTenant } from '../../../contracts/identifiers.ts';
import type { InstanceType } from '../../../contracts/instances.ts';
import { isFinishedJob } from '../../../contracts/statuses.ts';
import { partition, type Table } from '../../platform/table.ts';
import type { JobRecord } from '../domain/job-record.ts';
import type { TrainingState } from '../domain/training-state.ts';

const owned = {
  tenant: { type: 'string', required: true },
  model: { type: 'string', required: true },
} as const;

/** The index holds the jobs of every tenant that have not ended, and those alone. */
export const jobEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'training-job', version: '1', service: 'relearn' },
      attributes: {
        ...owned,
        id: { type: 'string', required: true },
        revision: { type: 'number', required: true },
        owner: { type: 'string', required: true },
        open: { type: 'boolean', required: true },
        record: { type: CustomAttributeType<JobRecord>('any'), required: true },
      },
      indexes: {
        byId: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: ['id'], template: 'job#${id}', casing: 'none' },
        },
        running: {
          index: 'gsi1',
          condition: ({ open }) => open === true,
          pk: { field: 'gsi1pk', composite: ['owner'], template: 'tenant#${owner}#running-jobs', casing: 'none' },
          sk: {
            field: 'gsi1sk',
            composite: ['tenant', 'model', 'id'],
            template: '${tenant}#${model}#${id}',
            casing: 'none',
          },
        },
      },
    },
    { client: table.client, table: table.table },
  );

export const jobItem = (tenant: string, model: string, record: JobRecord) => ({
  tenant,
  model,
  id: record.id,
  revision: record.revision,
  record,
  owner: platformTenant,
  open: !isFinishedJob(record.status),
});

/** What the trainings of a model have in common. */
export const stateEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'training-state', version: '1', service: 'relearn' },
      attributes: {
        ...owned,
        revision: { type: 'number', required: true },
        record: { type: CustomAttributeType<TrainingState>('any'), required: true },
      },
      indexes: {
        ofModel: { pk: partition.ofModel, sk: { field: 'sk', composite: [], template: 'training', casing: 'none' } },
      },
    },
    { client: table.client, table: table.table },
  );

/** Whose a run at the training service is: the event of its end carries its name alone. */
export const runEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'training-run', version: '1', service: 'relearn' },
      attributes: {
        platform: { type: 'string', required: true },
        name: { type: 'string', required: true },
        ...owned,
        job: { type: 'string', required: true },
        instanceType: { type: CustomAttributeType<InstanceType>('string') },
        spot: { type: 'boolean' },
      },
      indexes: {
        byName: {
          pk: { field: 'pk', composite: ['platform'], template: 'tenant#${platform}#training-jobs', casing: 'none' },
          sk: { field: 'sk', composite: ['name'], template: '${name}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );
