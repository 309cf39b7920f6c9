import type { LedgerRow } from '../../contracts/cases.ts';
import { objectKeys } from '../../contracts/keys.ts';
import { emptyLedger } from '../../functions/cases/domain/ledger-head.ts';
import { inPieces } from '../../functions/cases/in-parallel.ts';
import { packRows } from '../../functions/cases/ledger/segment-file.ts';
import { headEntity, segmentEntity } from '../../functions/cases/store/ledger-entities.ts';
import { sha256 } from '../../functions/platform/canonical-json.ts';
import type { World } from './world.ts';

/** An accepted case of the clinic, each of another person. */
export const sealedRow = (number: number): LedgerRow => ({
  id: `case_${String(number).padStart(26, '0')}`,
  receivedAt: '2026-03-01T00:00:00.000Z',
  subject: null,
  split: number % 5 === 4 ? 'holdout' : 'train',
  input: { birthDate: 1961, age: 64, postcode: '100', radius: number % 90, texture: null, side: 'left', smoker: false },
  label: number % 2 === 0 ? 'benign' : 'malignant',
  confidence: 0.9,
  validator: 'val_0',
});

/** Seals one case a segment, numbered as its segment, as so many messages would. */
export const sealEach = async (
  { table, objects }: World,
  tenant: string,
  sequences: readonly number[],
): Promise<void> => {
  for (const some of inPieces(sequences, 25)) {
    const items = await Promise.all(
      some.map(async (sequence) => {
        const bytes = packRows([sealedRow(sequence)]);
        const digest = sha256(bytes);
        const key = objectKeys.segment(tenant, 'clinic', sequence, digest);
        await objects.writeOnce(key, bytes, 'application/gzip');
        return {
          tenant,
          model: 'clinic',
          sequence,
          key,
          sha256: digest,
          cases: 1,
          sealedAt: '2026-03-01T00:00:00.000Z',
        };
      }),
    );
    await segmentEntity(table).put(items).go();
  }
  const sequence = sequences.at(-1) ?? 0;
  const numbers = Array.from({ length: sequence }, (_, index) => index + 1);
  const count = (wanted: (row: LedgerRow) => boolean) => numbers.map(sealedRow).filter(wanted).length;
  const labels = {
    benign: count(({ label }) => label === 'benign'),
    malignant: count(({ label }) => label === 'malignant'),
  };
  const head = {
    ...emptyLedger,
    revision: sequence,
    sequence,
    accepted: sequence,
    holdout: count(({ split }) => split === 'holdout'),
    labels,
    trainLabels: labels,
    holdoutShare: 0.2,
  };
  await headEntity(table).put({ tenant, model: 'clinic', revision: sequence, head }).go();
};
