import type { FieldValue } from '../../contracts/cases.ts';
import { type Field, type ModelSchema, Task } from '../../contracts/model.ts';
import { readDeclaration, readRows } from '../../examples/diagnosis/rows.ts';
import { takeCensus } from '../../functions/monitoring/domain/profile/census.ts';
import type { Observation } from '../../functions/monitoring/domain/profile/observation.ts';
import { suggest } from '../../functions/monitoring/domain/profile/suggest.ts';
import { python } from '../../local/paths.ts';

export const { schema } = await readDeclaration();
const rows = await readRows(python);
/** Milliseconds since 1970 at which the first case was received. */
export const start = Date.parse('2026-01-01T00:00:00Z');

/** A case that was received a minute after the one before. */
export const observe = (
  input: Readonly<Record<string, FieldValue>>,
  label: string | number,
  index: number,
  subject: string | null = null,
): Observation => ({ input, label, subject, receivedAt: new Date(start + index * 60_000).toISOString() });

/** The Wisconsin rows. */
export const diagnoses: Observation[] = rows.map(({ features, label }, index) => observe(features, label, index));
export const number: Field = { kind: 'feature', type: 'number', required: false };

/** What is suggested for cases of some fields. */
export const of = (
  train: readonly Observation[],
  fields: Record<string, Field>,
  label: ModelSchema['label'] = schema.label,
  holdout: readonly Observation[] = [],
) =>
  suggest({
    task: label.type === 'number' ? Task.TabularRegression : Task.TabularClassification,
    schema: { fields, label },
    train,
    census: takeCensus({ fields, label }, train, holdout),
  });

/** The Wisconsin rows with one more field. */
export const withField = (name: string, field: Field, fill: (row: Observation, index: number) => FieldValue) =>
  of(
    diagnoses.map((row, index) => ({ ...row, input: { ...row.input, [name]: fill(row, index) } })),
    { ...schema.fields, [name]: field },
  );
