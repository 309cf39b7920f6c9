import { type FieldValue, QuarantineReason } from '../../../contracts/cases.ts';
import { foldedText } from '../../../contracts/feature-values.ts';
import { keptYear, topCodedAge, yearOf, zipPrefixOf } from '../../../contracts/generalisation.ts';
import { type Field, FieldKind } from '../../../contracts/model.ts';
import { utcTimestamp } from '../../../contracts/utc-timestamp.ts';

/** What is kept of a field's value. A faulty value is not kept: who knows what was put there by mistake. */
export interface FieldReading {
  readonly value: FieldValue;
  readonly fault?: QuarantineReason;
}

type Feature = Extract<Field, { kind: 'feature' }>;
type Bounds = Pick<Extract<Feature, { type: 'number' }>, 'minimum' | 'maximum'>;
/** A field of which something is kept in the case's input. */
export type KeptField = Exclude<Field, { kind: 'identifier' | 'subject' }>;

const fault = (reason: QuarantineReason): FieldReading => ({ value: null, fault: reason });

/** What a 32-bit float holds as 0 is 0: DynamoDB refuses numbers that are closer to it than 1e-130. */
export const storable = (value: number): number => (Math.fround(value) === 0 ? 0 : value);

/** Graphs are fed 32-bit floats, and give them; what those cannot hold would stop every training. */
const isFloat32 = (value: number): boolean => Number.isFinite(Math.fround(value));

/** @returns the number as it is kept, or why it is not */
export const readNumber = ({ minimum, maximum }: Bounds, value: number): FieldReading => {
  const fits = isFloat32(value) && value >= (minimum ?? value) && value <= (maximum ?? value);
  return fits ? { value: storable(value) } : fault(QuarantineReason.OutOfRange);
};

const readTimestamp = (value: FieldValue): FieldReading => {
  const kept = utcTimestamp(value);
  return kept === undefined ? fault(QuarantineReason.WrongType) : { value: kept };
};

/** As JavaScript calls it. */
const typeOf = { number: 'number', boolean: 'boolean', category: 'string', text: 'string' } as const;

const readFeature = (field: Feature, value: FieldValue): FieldReading => {
  if (value === null) return field.required ? fault(QuarantineReason.MissingFeature) : { value };
  if (field.type === 'timestamp') return readTimestamp(value);
  if (typeof value !== typeOf[field.type]) return fault(QuarantineReason.WrongType);
  if (field.type === 'text' && foldedText(value) === undefined) return fault(QuarantineReason.WrongType);
  if (field.type === 'number') return readNumber(field, value as number);
  if (field.type === 'category' && !field.categories.includes(value as string)) {
    return fault(QuarantineReason.UnknownCategory);
  }
  return { value };
};

const readDate = (value: FieldValue, receiptYear: number): FieldReading => {
  const year = yearOf(value);
  if (year === undefined) return fault(QuarantineReason.WrongType);
  return { value: keptYear(year, receiptYear) };
};

const readAge = (value: FieldValue): FieldReading => {
  if (typeof value !== 'number') return fault(QuarantineReason.WrongType);
  const age = topCodedAge(value);
  return age === undefined ? fault(QuarantineReason.OutOfRange) : { value: age };
};

const readZip = (value: FieldValue): FieldReading => {
  const prefix = zipPrefixOf(value);
  return prefix === undefined ? fault(QuarantineReason.WrongType) : { value: prefix };
};

/**
 * Reads one field by its kind. Nothing is coerced: a number written as text is of the wrong type.
 * A value that was read before is read as it is.
 *
 * @param value - null where the field is absent
 * @param receiptYear - in which the case came
 */
export const readField = (field: KeptField, value: FieldValue, receiptYear: number): FieldReading => {
  if (field.kind === FieldKind.Feature) return readFeature(field, value);
  if (value === null) return { value };
  if (field.kind === FieldKind.Date) return readDate(value, receiptYear);
  return field.kind === FieldKind.Age ? readAge(value) : readZip(value);
};
