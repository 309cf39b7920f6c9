import type { LedgerRow } from '../../contracts/cases.ts';
import { objectKeys } from '../../contracts/keys.ts';
import { type Model, ModelDeclaration } from '../../contracts/model.ts';
import { advance, emptyLedger } from '../../functions/cases/domain/ledger-head.ts';
import { layoutOf } from '../../functions/cases/domain/packs.ts';
import { inParallel, inPieces } from '../../functions/cases/in-parallel.ts';
import { packRows } from '../../functions/cases/ledger/segment-file.ts';
import type { Segment } from '../../functions/cases/store/ledger.ts';
import { headEntity, segmentEntity } from '../../functions/cases/store/ledger-entities.ts';
import { sha256 } from '../../functions/platform/canonical-json.ts';
import type { ObjectStore } from '../../functions/platform/object-store.ts';
import type { Table } from '../../functions/platform/table.ts';

export const tenant = 'bench';
const sealedAt = '2026-03-01T00:00:00.000Z';
/** What one message has, and with it a segment. */
const casesPerSegment = 25;
const features = Array.from({ length: 12 }, (_, index) => `feature${index}`);
/** Objects that are written at once, and items. */
const writers = 24;

const declared = ModelDeclaration.parse({
  task: 'tabular-classification',
  schema: {
    fields: Object.fromEntries(features.map((name) => [name, { kind: 'feature', type: 'number' }])),
    label: { type: 'category', classes: ['no', 'yes'] },
  },
});
export const model: Model = { ...declared, name: 'grown', createdAt: sealedAt, updatedAt: sealedAt };

/** A case like another: only its length counts here. */
const rowOf = (number: number): LedgerRow => ({
  id: `case_${String(number).padStart(26, '0')}`,
  receivedAt: sealedAt,
  subject: `sub_${String(number).padStart(26, '0')}`,
  split: number % 5 === 4 ? 'holdout' : 'train',
  input: Object.fromEntries(features.map((name, index) => [name, Math.sin(number * 12.9898 + index * 78.233)])),
  label: number % 2 === 0 ? 'no' : 'yes',
  confidence: 0.95,
  validator: 'val_0',
});

/** A ledger that grows by whole segments, as the collector would have sealed them. */
export interface GrownLedger {
  readonly segments: readonly Segment[];
  /** Seals cases up to a number of them. */
  growTo(cases: number): Promise<void>;
  /**
   * Takes the items of packed segments out of the table: a snapshot does not ask for them, but the emulator looks at
   * every item of a partition with each query, where DynamoDB finds those that were asked for.
   */
  clear(): Promise<void>;
}

export const openGrownLedger = (table: Table, objects: ObjectStore): GrownLedger => {
  const segments: Segment[] = [];
  const entity = segmentEntity(table);
  let cleared = 0;
  let head = emptyLedger;

  const seal = async (sequence: number): Promise<Segment> => {
    const first = (sequence - 1) * casesPerSegment;
    const rows = Array.from({ length: casesPerSegment }, (_, index) => rowOf(first + index));
    head = advance(head, { rows, quarantined: [], holdoutShare: 0.2, at: sealedAt });
    const bytes = packRows(rows);
    const digest = sha256(bytes);
    const key = objectKeys.segment(tenant, model.name, sequence, digest);
    await objects.writeOnce(key, bytes, 'application/gzip');
    return { sequence, key, sha256: digest, cases: rows.length, sealedAt };
  };

  return {
    segments,
    growTo: async (cases) => {
      const last = Math.floor(cases / casesPerSegment);
      const count = Math.max(0, last - segments.length);
      const sequences = Array.from({ length: count }, (_, index) => segments.length + index + 1);
      const sealed = await inParallel(sequences, writers, seal);
      await inParallel(inPieces(sealed, casesPerSegment), writers, async (some) => {
        const items = some.map((segment) => ({ tenant, model: model.name, ...segment }));
        await entity.put(items).go();
      });
      segments.push(...sealed);
      await headEntity(table).put({ tenant, model: model.name, revision: head.revision, head }).go();
    },
    clear: async () => {
      const { first } = layoutOf(segments.length).segments;
      const packed = segments
        .slice(cleared, first - 1)
        .map(({ sequence }) => ({ tenant, model: model.name, sequence }));
      await inParallel(inPieces(packed, casesPerSegment), writers, (some) => entity.delete(some).go());
      cleared = first - 1;
    },
  };
};
