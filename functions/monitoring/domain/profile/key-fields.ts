import type { FieldValue } from '../../../../contracts/cases.ts';
import type { ModelSchema } from '../../../../contracts/model.ts';
import { type DescribedField, describeFields, FieldType } from './fields.ts';
import { isIdentifier } from './identifiers.ts';
import type { Observation } from './observation.ts';

/** Timestamps of which more are different say when a case was written down, not what it is. */
const momentShare = 0.5;
/** Cases that may be like another one by chance, of all. */
const mostByChance = 0.01;

const isOfOneCase = (field: DescribedField, cases: number): boolean =>
  isIdentifier(field, cases) ||
  (field.type === FieldType.Timestamp && field.distinct > momentShare * cases * (1 - field.missing));

/** Share of all pairs whose values are the same. */
const sharedOf = (values: readonly FieldValue[]): number => {
  const counts = new Map<FieldValue, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const pairs = [...counts.values()].reduce((sum, count) => sum + (count * (count - 1)) / 2, 0);
  return pairs / Math.max(1, (values.length * (values.length - 1)) / 2);
};

/** Of the distance between the quartiles: values that differ by less are nearly the same. */
const nearly = 1 / 1000;

/** What a number is rounded to, so that noise of measuring or writing does not tell two apart; undefined: it is not. */
const stepOf = ({ type, values }: DescribedField): number | undefined => {
  const numbers = values.filter((value) => typeof value === 'number').sort((a, b) => a - b);
  const at = (share: number): number => numbers[Math.floor(share * (numbers.length - 1))] ?? 0;
  const distance = at(0.75) - at(0.25);
  return type === FieldType.Number && distance > 0 && !numbers.every(Number.isInteger) ? nearly * distance : undefined;
};

/** @param step - undefined: values are as they are */
export const roundedTo = (step: number | undefined, value: FieldValue): FieldValue =>
  step !== undefined && typeof value === 'number' ? Math.round(value / step) : value;

/** Fields by which two cases are the same, and those that are left out as they differ even so. */
export interface KeyFields {
  readonly fields: readonly string[];
  readonly leftOut: readonly string[];
  /** What numbers of each field are rounded to, where cases are nearly the same by more than chance; else undefined. */
  readonly steps: readonly (number | undefined)[] | undefined;
}

const stepsOf = (fields: readonly DescribedField[], of: number): KeyFields['steps'] => {
  const steps = fields.map(stepOf);
  if (steps.every((step) => step === undefined)) return undefined;
  const byChance = fields.reduce(
    (product, { values }, index) => product * sharedOf(values.map((value) => roundedTo(steps[index], value))),
    of,
  );
  return byChance > mostByChance ? undefined : steps;
};

/**
 * What makes two inputs the same. A row's number and the moment at which it was written hide that one observation was
 * sent twice: they are left out, where the other fields hardly ever are alike by chance.
 *
 * @param cases - at least one
 * @param of - how many cases there are, where not all are given
 */
export const keyFieldsOf = (schema: ModelSchema, cases: readonly Observation[], of: number): KeyFields => {
  const described = describeFields(schema, cases);
  const [own, rest] = [true, false].map((wanted) =>
    described.filter((field) => isOfOneCase(field, cases.length) === wanted),
  ) as [DescribedField[], DescribedField[]];
  const byChance = rest.reduce((product, { values }) => product * sharedOf(values), of);
  const [kept, leftOut] = rest.length === 0 || byChance > mostByChance ? [described, []] : [rest, own];
  return {
    fields: kept.map(({ field }) => field),
    leftOut: leftOut.map(({ field }) => field),
    steps: stepsOf(kept, of),
  };
};
