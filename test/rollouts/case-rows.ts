import { readFileSync } from 'node:fs';
import type { LedgerRow } from '../../contracts/cases.ts';
import type { Sidecar } from '../../contracts/versions.ts';
import { holdoutOf, inputOf, schemaOf } from '../inference/fixtures.ts';

/** Versions that a training made; `worse`, `nan` and `throws` are bad on purpose. */
export type Fixture = 'logistic' | 'worse' | 'nan' | 'throws' | 'regression' | 'regression-worse';

export const fixture = (name: Fixture, file: string): Buffer =>
  readFileSync(new URL(`../inference/fixtures/${name}/${file}`, import.meta.url));
export const schema = schemaOf('logistic');
export const sidecarOf = (name: Fixture): Pick<Sidecar, 'inputs' | 'classes'> =>
  JSON.parse(fixture(name, 'model.json').toString());
const { inputs } = sidecarOf('logistic');
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
    input: Object.fromEntries(inputs.numeric.map((name, index) => [name, numeric[index] ?? null])),
    label,
    confidence: 1,
    validator: 'val_1',
  };
};

export const cases = (count: number, from = 0): LedgerRow[] =>
  Array.from({ length: count }, (_, index) => caseRow(from + index));

/** The same of a model that predicts a number, with texts as people write them. */
export const measuredRow = (number: number): LedgerRow => {
  const held = holdoutOf('regression');
  const one = held[number % held.length] as (typeof held)[number];
  const { note, ...rest } = inputOf('regression', one);
  return {
    ...caseRow(number),
    input: { ...rest, note: typeof note === 'string' ? note.toUpperCase() : null },
    label: one.label,
  };
};
