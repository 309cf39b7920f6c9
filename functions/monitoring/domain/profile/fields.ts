import type { FieldValue, LabelValue } from '../../../../contracts/cases.ts';
import { type Field, FieldKind, isModelInput, type ModelSchema } from '../../../../contracts/model.ts';
import type { FieldProfile } from '../../../../contracts/suggestions.ts';
import { calendarBins } from './calendar.ts';
import { daysOf, type Observation } from './observation.ts';
import { type Bins, type Halves, halvesOf, quantileBins, sameBins, strengthOf } from './strength.ts';
import { areNames, termBins } from './terms.ts';

/** What was measured of a field. */
export interface MeasuredField extends FieldProfile {
  /** How well it tells the label whether there is a value at all: 0 to 1. */
  readonly presence: number;
  /** Values of a number or a timestamp, in the order of the cases; undefined is missing. */
  readonly numbers?: readonly (number | undefined)[];
  readonly bins: Bins;
  /** What of its values tells the label: a part of a timestamp, words of a text. Absent: the values themselves. */
  readonly by?: string;
  /** Whether a text's values are one word each. */
  readonly names?: boolean;
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

/** How a field's values are put into bins that tell the label. */
type View = Pick<MeasuredField, 'bins' | 'by'>;

const viewsOf = (
  type: FieldType,
  values: readonly FieldValue[],
  numbers: readonly (number | undefined)[],
  halves: Halves,
  labels: readonly LabelValue[],
  texts: number,
): View[] => {
  if (type === FieldType.Text) {
    const { bins, terms } = termBins(values, halves, labels, texts);
    return [{ bins, ...(terms.length === 0 ? {} : { by: `by ${terms.map((term) => `“${term}”`).join(', ')}` }) }];
  }
  if (!isNumeric(type)) return [{ bins: sameBins(values.map(String)) }];
  const parts = type === FieldType.Timestamp ? calendarBins(numbers) : [];
  return [
    { bins: sameBins(quantileBins(numbers)) },
    ...parts.map(([part, bins]) => ({ bins: sameBins(bins), by: `by its ${part}` })),
  ];
};

/** @param texts - fields that are texts */
const measureField = (
  name: string,
  field: Field,
  cases: readonly Observation[],
  halves: Halves,
  texts: number,
): MeasuredField => {
  const type = typeOf(field);
  const values = cases.map(({ input }) => (Object.hasOwn(input, name) ? (input[name] ?? null) : null));
  const labels = cases.map(({ label }) => label);
  const distinct = new Set(values.filter((value) => value !== null));
  const missing = values.filter((value) => value === null).length;
  const present = sameBins(values.map((value) => (value === null ? 'missing' : 'present')));
  const numbers = isNumeric(type) ? values.map((value) => numberOf(type, value)) : undefined;
  const [best] = viewsOf(type, values, numbers ?? [], halves, labels, texts)
    .map((view) => ({ ...view, strength: strengthOf(view.bins, halves, labels) }))
    .sort((a, b) => b.strength - a.strength);
  return {
    field: name,
    type,
    missing: missing / Math.max(1, cases.length),
    distinct: distinct.size,
    strength: best?.strength ?? 0,
    presence: missing === 0 || missing === cases.length ? 0 : strengthOf(present, halves, labels),
    bins: best?.bins ?? present,
    ...(best?.by === undefined ? {} : { by: best.by }),
    ...(type === FieldType.Text ? { names: areNames(values) } : {}),
    ...(numbers === undefined ? {} : { numbers, ...momentsOf(numbers.filter((value) => value !== undefined)) }),
  };
};

/** Measures each field that the model is given. @param cases - at least one */
export const measureFields = ({ fields }: ModelSchema, cases: readonly Observation[]): MeasuredField[] => {
  const halves = halvesOf(cases.map(({ subject }) => subject));
  const inputs = Object.entries(fields).filter(([, field]) => isModelInput(field));
  const texts = inputs.filter(([, field]) => typeOf(field) === FieldType.Text).length;
  return inputs.map(([name, field]) => measureField(name, field, cases, halves, texts));
};

/** What is told of a field. */
export const presentField = ({
  presence: _,
  numbers: __,
  bins: ___,
  by: ____,
  names: _____,
  ...profile
}: MeasuredField): FieldProfile => profile;
