import { CustomAttributeType, Entity } from 'electrodb';
import { partition, type Table } from '../../platform/table.ts';
import type { LedgerHead } from '../domain/ledger-head.ts';

const sequence = { type: 'number', required: true, padding: { length: 12, char: '0' } } as const;

/** The counts of a model's decided cases. */
export const headEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'ledger', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        model: { type: 'string', required: true },
        revision: { type: 'number', required: true },
        head: { type: CustomAttributeType<LedgerHead>('any'), required: true },
      },
      indexes: {
        ofModel: { pk: partition.ofModel, sk: { field: 'sk', composite: [], template: 'ledger', casing: 'none' } },
      },
    },
    { client: table.client, table: table.table },
  );

/** A sealed segment: where it is, and what it holds. */
export const segmentEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'segment', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        model: { type: 'string', required: true },
        sequence,
        key: { type: 'string', required: true },
        sha256: { type: 'string', required: true },
        cases: { type: 'number', required: true },
        sealedAt: { type: 'string', required: true },
      },
      indexes: {
        bySequence: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: ['sequence'], template: 'segment#${sequence}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

/** The accepted case that holds an observation; one that was erased holds it for ever, without its label. */
export const fingerprintEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'fingerprint', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        model: { type: 'string', required: true },
        fingerprint: { type: 'string', required: true },
        case: { type: 'string', required: true },
        // A string or a number, for which ElectroDB has no type.
        label: { type: 'any' },
      },
      indexes: {
        byFingerprint: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: ['fingerprint'], template: 'fingerprint#${fingerprint}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

/** In which segment a subject came first, and its first gold case, by pseudonym, and how many accepted cases it has. */
export const subjectEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'subject', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        model: { type: 'string', required: true },
        subject: { type: 'string', required: true },
        firstSegment: { type: 'number', required: true },
        firstGold: { type: 'number' },
        cases: { type: 'number', required: true },
      },
      indexes: {
        bySubject: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: ['subject'], template: 'subject#${subject}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

/** How many accepted cases the dataset had that was trained on last. */
export const trainedEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'trained', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        model: { type: 'string', required: true },
        dataset: { type: 'string', required: true },
        cases: { type: 'number', required: true },
      },
      indexes: {
        ofModel: { pk: partition.ofModel, sk: { field: 'sk', composite: [], template: 'trained', casing: 'none' } },
      },
    },
    { client: table.client, table: table.table },
  );
