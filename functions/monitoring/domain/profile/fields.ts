import type { FieldValue, LabelValue } from '../../../../contracts/cases.ts';
import { type Field, FieldKind, isModelInput, type ModelSchema } from '../../../../contracts/model.ts';
import type { FieldProfile } from '../../../../contracts/suggestions.ts';
import { calendarBins } from './calendar.ts';
import { daysOf, type Observation } from './observation.ts';
import { type PureClass, pureClassOf } from './pure-class.ts';
import { type Bins, type Halves, halvesOf, quantileBins, sameBins, type Told, telling } from './strength.ts';
import { areNames, termBins } from './terms.ts';

/** What a field's values are, whatever the labels. */
export interface DescribedField extends Pick<FieldProfile, 'field' | 'missing' | 'distinct'> {
  readonly type: FieldType;
  /** In the order of the cases; null is missing. */
  readonly values: readonly FieldValue[];
  /** Values of a number or a timestamp; undefined is missing. */
  readonly numbers?: readonly (number | undefined)[];
  /** Whether a text's values are one word each. */
  readonly names?: boolean;
}

/** What was measured of a field. */
export interface MeasuredField extends DescribedField, FieldProfile {
  readonly type: FieldType;
  /** How well it tells the label whether there is a value at all: 0 to 1. */
  readonly presence: number;
  /** Of each class against the rest, likewise; of numbers, and where too few cases are of a class, none. */
  readonly presenceOf: ReadonlyMap<LabelValue, number>;
  readonly pureClass?: PureClass;
  /** How well its values tell each class from the rest, −1 to 1; as `presenceOf`. */
  readonly strengthOf: ReadonlyMap<LabelValue, number>;
  readonly bins: Bins;
  /** What of its values tells the label: a part of a timestamp, words of a text. Absent: the values themselves. */
  readonly by?: string;
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
export const momentsOf = (values: readonly number[]): Pick<FieldProfile, 'mean' | 'deviation' | 'skewness'> => {
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

const describeField = (name: string, field: Field, cases: readonly Observation[]): DescribedField => {
  const type = typeOf(field);
  const values = cases.map(({ input }) => (Object.hasOwn(input, name) ? (input[name] ?? null) : null));
  const known = values.filter((value) => value !== null);
  return {
    field: name,
    type,
    values,
    missing: (values.length - known.length) / Math.max(1, values.length),
    distinct: new Set(known).size,
    ...(type === FieldType.Text ? { names: areNames(values) } : {}),
    ...(isNumeric(type) ? { numbers: values.map((value) => numberOf(type, value)) } : {}),
  };
};

/** Describes each field that the model is given. @param cases - at least one */
export const describeFields = ({ fields }: ModelSchema, cases: readonly Observation[]): DescribedField[] =>
  Object.entries(fields)
    .filter(([, field]) => isModelInput(field))
    .map(([name, field]) => describeField(name, field, cases));

const untold: Told = { strength: 0, classes: new Map() };

/** @param texts - fields that are texts */
const measureField = (
  described: DescribedField,
  labels: readonly LabelValue[],
  halves: Halves,
  texts: number,
): MeasuredField => {
  const { type, values, numbers, missing } = described;
  const present = sameBins(values.map((value) => (value === null ? 'missing' : 'present')));
  const [best] = viewsOf(type, values, numbers ?? [], halves, labels, texts)
    .map((view) => ({ ...view, told: telling(view.bins, halves, labels) }))
    .sort((a, b) => b.told.strength - a.told.strength);
  const isPartial = missing > 0 && missing < 1;
  const presence = isPartial ? telling(present, halves, labels) : untold;
  const pureClass = isPartial && typeof labels[0] === 'string' ? pureClassOf(values, labels) : undefined;
  return {
    ...described,
    strength: best?.told.strength ?? 0,
    strengthOf: best?.told.classes ?? untold.classes,
    presence: presence.strength,
    presenceOf: presence.classes,
    ...(pureClass === undefined ? {} : { pureClass }),
    bins: best?.bins ?? present,
    ...(best?.by === undefined ? {} : { by: best.by }),
    ...(numbers === undefined ? {} : momentsOf(numbers.filter((value) => value !== undefined))),
  };
};

/** Measures each field that the model is given. @param cases - at least one */
export const measureFields = (schema: ModelSchema, cases: readonly Observation[]): MeasuredField[] => {
  const halves = halvesOf(cases.map(({ subject }) => subject));
  const labels = cases.map(({ label }) => label);
  const described = describeFields(schema, cases);
  const texts = described.filter(({ type }) => type === FieldType.Text).length;
  return described.map((field) => measureField(field, labels, halves, texts));
};

/** What is told of a field. */
export const presentField = ({
  field,
  type,
  missing,
  distinct,
  strength,
  mean,
  deviation,
  skewness,
}: MeasuredField): FieldProfile => ({
  ...{ field, type, missing, distinct, strength },
  ...(mean === undefined ? {} : { mean }),
  ...(deviation === undefined ? {} : { deviation }),
  ...(skewness === undefined ? {} : { skewness }),
});
