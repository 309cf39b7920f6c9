import { readFileSync } from 'node:fs';
import type { LedgerRow } from '../../contracts/cases.ts';
import type { ModelSchema } from '../../contracts/model.ts';

/** Versions that the real training program made; `worse`, `nan` and `throws` are bad on purpose. */
export type Fixture = 'logistic' | 'worse' | 'nan' | 'throws';

export const fixture = (name: Fixture, file: string): Buffer =>
  readFileSync(new URL(`../inference/fixtures/${name}/${file}`, import.meta.url));
export const schema = JSON.parse(fixture('logistic', 'schema.json').toString()) as ModelSchema;
export const sidecar = JSON.parse(fixture('logistic', 'model.json').toString()) as {
  inputs: { numeric: string[]; categorical: string[] };
  classes: string[];
};
const holdout = fixture('logistic', 'holdout-predictions.jsonl')
  .toString()
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { label: string; numeric: (number | null)[] });

/** Case number so and so; the same number always has the same input and label. */
export const caseRow = (number: number, subject: string | null = null): LedgerRow => {
  const { label, numeric } = holdout[number % holdout.length] ?? { label: '', numeric: [] };
  return {
    id: `case_${String(number).padStart(26, '0')}`,
    receivedAt: '2026-01-01T00:00:00.000Z',
    subject,
    split: 'train',
    input: Object.fromEntries(sidecar.inputs.numeric.map((name, index) => [name, numeric[index] ?? null])),
    label,
    confidence: 1,
    validator: 'val_1',
  };
};

export const cases = (count: number, from = 0): LedgerRow[] =>
  Array.from({ length: count }, (_, index) => caseRow(from + index));
