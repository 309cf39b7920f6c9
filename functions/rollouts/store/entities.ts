import { CustomAttributeType, Entity } from 'electrodb';
import { platformTenant } from '../../../contracts/identifiers.ts';
import type { Block, JudgedVerdict } from '../../../contracts/rollouts.ts';
import { partition, type Table } from '../../platform/table.ts';
import type { EarnedByVersion } from '../domain/judge-bandit.ts';
import type { PairedPolicy } from '../domain/paired-policy.ts';
import type { PairedState } from '../domain/paired-process.ts';
import type { RolloutRecord } from '../domain/record.ts';
import type { ScoreDrift } from '../domain/score-drift.ts';

const owned = {
  tenant: { type: 'string', required: true },
  model: { type: 'string', required: true },
} as const;

/** The index holds open rollouts alone: its keys go when a rollout is closed. */
export const rolloutEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'rollout', version: '1', service: 'relearn' },
      attributes: {
        ...owned,
        id: { type: 'string', required: true },
        revision: { type: 'number', required: true },
        owner: { type: 'string', required: true },
        open: { type: 'boolean', required: true },
        record: { type: CustomAttributeType<RolloutRecord>('any'), required: true },
      },
      indexes: {
        byId: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: ['id'], template: 'rollout#${id}', casing: 'none' },
        },
        open: {
          index: 'gsi1',
          condition: ({ open }) => open === true,
          pk: { field: 'gsi1pk', composite: ['owner'], template: 'tenant#${owner}#running-rollouts', casing: 'none' },
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

export const rolloutItem = (tenant: string, model: string, record: RolloutRecord) => ({
  tenant,
  model,
  id: record.id,
  revision: record.revision,
  record,
  open: record.open,
  owner: platformTenant,
});

/** What a rollout has counted, in constant size. `version` rises by 1 with each write. */
export const statisticsEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'rollout-statistics', version: '1', service: 'relearn' },
      attributes: {
        ...owned,
        rollout: { type: 'string', required: true },
        version: { type: 'number', required: true },
        cut: { type: 'number', required: true },
        cursor: { type: 'number', required: true },
        policy: { type: CustomAttributeType<PairedPolicy>('any'), required: true },
        state: { type: CustomAttributeType<PairedState>('any'), required: true },
        failures: { type: 'number', required: true },
        leftOut: { type: 'number', required: true },
        drift: { type: CustomAttributeType<ScoreDrift>('any') },
        verdict: { type: CustomAttributeType<JudgedVerdict>('any') },
      },
      indexes: {
        byRollout: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: ['rollout'], template: 'rollout-statistics#${rollout}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

/** What a bandit has counted, in constant size. `version` rises by 1 with each write. */
export const banditEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'rollout-bandit', version: '1', service: 'relearn' },
      attributes: {
        ...owned,
        rollout: { type: 'string', required: true },
        version: { type: 'number', required: true },
        cursor: { type: 'number', required: true },
        earned: { type: CustomAttributeType<EarnedByVersion>('any'), required: true },
        failures: { type: 'number', required: true },
      },
      indexes: {
        byRollout: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: ['rollout'], template: 'rollout-bandit#${rollout}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

/** The block log: one item for each segment that held a pair. */
export const blockEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'rollout-block', version: '1', service: 'relearn' },
      attributes: {
        ...owned,
        rollout: { type: 'string', required: true },
        segment: { type: 'number', required: true, padding: { length: 12, char: '0' } },
        block: { type: CustomAttributeType<Block>('any'), required: true },
      },
      indexes: {
        bySegment: {
          pk: partition.ofModel,
          sk: {
            field: 'sk',
            composite: ['rollout', 'segment'],
            template: 'rollout-block#${rollout}#${segment}',
            casing: 'none',
          },
        },
      },
    },
    { client: table.client, table: table.table },
  );

/** Whose a rollout is: an alarm carries the rollout's id alone. */
export const ownerEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'rollout-owner', version: '1', service: 'relearn' },
      attributes: {
        platform: { type: 'string', required: true },
        rollout: { type: 'string', required: true },
        ...owned,
      },
      indexes: {
        byRollout: {
          pk: { field: 'pk', composite: ['platform'], template: 'tenant#${platform}#rollouts', casing: 'none' },
          sk: { field: 'sk', composite: ['rollout'], template: 'rollout#${rollout}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );
