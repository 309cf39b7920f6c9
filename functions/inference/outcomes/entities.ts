import { Entity } from 'electrodb';
import { Arm, OutcomeEvidence } from '../../../contracts/inference.ts';
import { partition, type Table } from '../../platform/table.ts';

const owned = {
  tenant: { type: 'string', required: true },
  model: { type: 'string', required: true },
} as const;

const arms = Object.values(Arm);

/** An outcome as it stands: what makes it count once. It is kept for as long as any policy takes outcomes. */
export const outcomeEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'outcome', version: '1', service: 'relearn' },
      attributes: {
        ...owned,
        nonce: { type: 'string', required: true },
        version: { type: 'string', required: true },
        assignedAt: { type: 'number', required: true },
        reward: { type: 'number', required: true },
        /** By the policy of the time. */
        positive: { type: 'boolean', required: true },
        /** What the last change of the reward did to the evidence. */
        evidence: { type: Object.values(OutcomeEvidence), required: true },
        /** The reward that entered the evidence, where a later one did not. */
        evidenceReward: { type: 'number' },
        corrections: { type: 'number', required: true },
        receivedAt: { type: 'number', required: true },
        correctedAt: { type: 'number' },
        ttl: { type: 'number', required: true },
      },
      indexes: {
        byNonce: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: ['nonce'], template: 'outcome#${nonce}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

/** An outcome that came in time, as the evidence of its rollout: in the order of the predictions. */
export const rolloutOutcomeEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'rollout-outcome', version: '1', service: 'relearn' },
      attributes: {
        ...owned,
        rollout: { type: 'string', required: true },
        /** ms since 1970, of the prediction. */
        assignedAt: { type: 'number', required: true, padding: { length: 13, char: '0' } },
        nonce: { type: 'string', required: true },
        /** That answered. */
        version: { type: 'string', required: true },
        /** That was asked first; another than `version` exactly where it failed. */
        assigned: { type: 'string', required: true },
        arm: { type: arms, required: true },
        /** At assignment. */
        stage: { type: 'string', required: true },
        reward: { type: 'number', required: true },
        failed: { type: 'boolean', required: true },
        milliseconds: { type: 'number' },
        score: { type: 'number' },
        /** A pseudonym. */
        subject: { type: 'string' },
        ttl: { type: 'number', required: true },
      },
      indexes: {
        byTime: {
          pk: partition.ofModel,
          sk: {
            field: 'sk',
            composite: ['rollout', 'assignedAt', 'nonce'],
            template: 'rollout-outcome#${rollout}#${assignedAt}#${nonce}',
            casing: 'none',
          },
        },
      },
    },
    { client: table.client, table: table.table },
  );

/** When a subject met a rollout first, as far as outcomes in time tell. */
export const rolloutSubjectEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'rollout-subject', version: '1', service: 'relearn' },
      attributes: {
        ...owned,
        rollout: { type: 'string', required: true },
        subject: { type: 'string', required: true },
        /** ms since 1970, of the prediction. */
        firstAt: { type: 'number', required: true },
        ttl: { type: 'number', required: true },
      },
      indexes: {
        bySubject: {
          pk: partition.ofModel,
          sk: {
            field: 'sk',
            composite: ['rollout', 'subject'],
            template: 'rollout-subject#${rollout}#${subject}',
            casing: 'none',
          },
        },
      },
    },
    { client: table.client, table: table.table },
  );
