import { CustomAttributeType, Entity } from 'electrodb';
import { platformTenant } from '../../../contracts/identifiers.ts';
import { isFinishedJob } from '../../../contracts/statuses.ts';
import { partition, type Table } from '../../platform/table.ts';
import type { JobRecord } from '../domain/job-record.ts';
import type { TrainingState } from '../domain/training-state.ts';

/** `keeper` is the platform until the job ends, and absent afterwards: the index holds unfinished jobs alone. */
export const jobEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'job', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        model: { type: 'string', required: true },
        id: { type: 'string', required: true },
        revision: { type: 'number', required: true },
        keeper: { type: 'string' },
        record: { type: CustomAttributeType<JobRecord>('any'), required: true },
      },
      indexes: {
        byId: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: ['id'], template: 'job#${id}', casing: 'none' },
        },
        unfinished: {
          index: 'gsi1',
          condition: ({ keeper }) => keeper !== undefined,
          pk: { field: 'gsi1pk', composite: ['keeper'], template: 'tenant#${keeper}#running-jobs', casing: 'none' },
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

export const jobItem = (record: JobRecord) => ({
  tenant: record.tenant,
  model: record.model,
  id: record.id,
  revision: record.revision,
  record,
  ...(isFinishedJob(record.status) ? {} : { keeper: platformTenant }),
});

/** What a model's trainings have in common. */
export const stateEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'training', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        model: { type: 'string', required: true },
        revision: { type: 'number', required: true },
        state: { type: CustomAttributeType<TrainingState>('any'), required: true },
      },
      indexes: {
        ofModel: { pk: partition.ofModel, sk: { field: 'sk', composite: [], template: 'training', casing: 'none' } },
      },
    },
    { client: table.client, table: table.table },
  );

/** Whose a training job of the training service is. */
export const submissionEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'submission', version: '1', service: 'relearn' },
      attributes: {
        platform: { type: 'string', required: true },
        name: { type: 'string', required: true },
        tenant: { type: 'string', required: true },
        model: { type: 'string', required: true },
        job: { type: 'string', required: true },
        ttl: { type: 'number', required: true },
      },
      indexes: {
        byName: {
          pk: { field: 'pk', composite: ['platform'], template: 'tenant#${platform}#training-jobs', casing: 'none' },
          sk: { field: 'sk', composite: ['name'], template: 'name#${name}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );
