import type { FieldValue } from '../../../../contracts/cases.ts';
import { type Field, FieldKind, isModelInput, type ModelSchema } from '../../../../contracts/model.ts';
import type { FieldProfile } from '../../../../contracts/suggestions.ts';
import { daysOf, type Observation } from './observation.ts';
import { type Bins, type Halves, halvesOf, quantileBins, strengthOf } from './strength.ts';

/** What was measured of a field. */
export interface MeasuredField extends FieldProfile {
  /** How well it tells the label whether there is a value at all: 0 to 1. */
  readonly presence: number;
  /** Values of a number or a timestamp, in the order of the cases; undefined is missing. */
  readonly numbers?: readonly (number | undefined)[];
  readonly bins: Bins;
}

/** How a field's values are looked at. */
export const FieldType = {
  Number: 'number',
  Timestamp: 'timestamp',
  Category: 'category',
  Boolean: 'boolean',
  Text: 'text',
} as const;
export type FieldType = (typeof FieldType)[keyof typeof FieldType];

const typeOf = (field: Field): FieldType => {
  if (field.kind === FieldKind.Feature) return field.type;
  return field.kind === FieldKind.Zip ? FieldType.Category : FieldType.Number;
};

const numberOf = (type: FieldType, value: FieldValue): number | undefined => {
  if (type === FieldType.Timestamp) return daysOf(value);
  return typeof value === 'number' ? value : undefined;
};

const isNumeric = (type: FieldType): boolean => type === FieldType.Number || type === FieldType.Timestamp;

/** Mean, standard deviation and skewness, the third standardised moment. */
const momentsOf = (values: readonly number[]): Pick<FieldProfile, 'mean' | 'deviation' | 'skewness'> => {
  if (values.length === 0) return {};
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const moment = (power: number): number =>
    values.reduce((sum, value) => sum + (value - mean) ** power, 0) / values.length;
  const deviation = Math.sqrt(moment(2));
  return { mean, deviation, skewness: deviation === 0 ? 0 : moment(3) / deviation ** 3 };
};

const measureField = (name: string, field: Field, cases: readonly Observation[], halves: Halves): MeasuredField => {
  const type = typeOf(field);
  const values = cases.map(({ input }) => (Object.hasOwn(input, name) ? (input[name] ?? null) : null));
  const labels = cases.map(({ label }) => label);
  const distinct = new Set(values.filter((value) => value !== null));
  const missing = values.filter((value) => value === null).length;
  const present: Bins = values.map((value) => (value === null ? 'missing' : 'present'));
  const numbers = isNumeric(type) ? values.map((value) => numberOf(type, value)) : undefined;
  const bins = numbers === undefined ? values.map((value) => String(value)) : quantileBins(numbers);
  return {
    field: name,
    type,
    missing: missing / Math.max(1, cases.length),
    distinct: distinct.size,
    strength: type === FieldType.Text ? null : strengthOf(bins, halves, labels),
    presence: missing === 0 || missing === cases.length ? 0 : strengthOf(present, halves, labels),
    bins,
    ...(numbers === undefined ? {} : { numbers, ...momentsOf(numbers.filter((value) => value !== undefined)) }),
  };
};

/** Measures each field that the model is given. @param cases - at least one */
export const measureFields = ({ fields }: ModelSchema, cases: readonly Observation[]): MeasuredField[] => {
  const halves = halvesOf(cases.map(({ subject }) => subject));
  return Object.entries(fields)
    .filter(([, field]) => isModelInput(field))
    .map(([name, field]) => measureField(name, field, cases, halves));
};

/** What is told of a field. */
export const presentField = ({ presence: _, numbers: __, bins: ___, ...profile }: MeasuredField): FieldProfile =>
  profile;
