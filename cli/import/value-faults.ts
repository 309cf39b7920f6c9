import { type FieldValue, type NewCase, QuarantineReason } from '../../contracts/cases.ts';
import { topCodedAge, yearOf, zipPrefixOf } from '../../contracts/generalisation.ts';
import { type Field, FieldKind, type Label } from '../../contracts/model.ts';
import { utcTimestamp } from '../../contracts/utc-timestamp.ts';

/**
 * Why the platform will keep a value out, as far as its field says so: the same reasons that the door gives. What only
 * other cases can tell, such as a duplicate, is not among them.
 */
type Fault = QuarantineReason | undefined;

type Feature = Extract<Field, { kind: 'feature' }>;
type Bounds = { readonly minimum?: number | undefined; readonly maximum?: number | undefined };

const isWithin = ({ minimum, maximum }: Bounds, value: number): boolean =>
  value >= (minimum ?? value) && value <= (maximum ?? value);

const unless = (holds: boolean, reason: QuarantineReason): Fault => (holds ? undefined : reason);

const featureFault = (field: Feature, value: FieldValue): Fault => {
  if (value === null) return unless(!field.required, QuarantineReason.MissingFeature);
  switch (field.type) {
    case 'timestamp':
      return unless(utcTimestamp(value) !== undefined, QuarantineReason.WrongType);
    case 'number':
      if (typeof value !== 'number') return QuarantineReason.WrongType;
      return unless(isWithin(field, value), QuarantineReason.OutOfRange);
    case 'category':
      return unless(field.categories.includes(value as string), QuarantineReason.UnknownCategory);
    default:
      return unless(typeof value === (field.type === 'boolean' ? 'boolean' : 'string'), QuarantineReason.WrongType);
  }
};

/** @param value - as it is sent; null where there is none */
export const fieldFault = (field: Field, value: FieldValue): Fault => {
  if (field.kind === FieldKind.Feature) return featureFault(field, value);
  if (value === null) return undefined;
  switch (field.kind) {
    case FieldKind.Date:
      return unless(yearOf(value) !== undefined, QuarantineReason.WrongType);
    case FieldKind.Zip:
      return unless(zipPrefixOf(value) !== undefined, QuarantineReason.WrongType);
    case FieldKind.Age:
      if (typeof value !== 'number') return QuarantineReason.WrongType;
      return unless(topCodedAge(value) !== undefined, QuarantineReason.OutOfRange);
    default:
      return undefined;
  }
};

export const labelFault = (expected: Label, label: NewCase['label']): Fault => {
  if (expected.type === 'category') {
    return unless(
      expected.classes.some((known) => known === label),
      QuarantineReason.UnknownLabel,
    );
  }
  if (typeof label !== 'number') return QuarantineReason.UnknownLabel;
  return unless(isWithin(expected, label), QuarantineReason.OutOfRange);
};
