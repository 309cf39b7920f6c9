import { foldedText, maximumTextCharacters, timestampDays } from '../../../contracts/feature-values.ts';
import { FieldKind } from '../../../contracts/field-kind.ts';
import { keptYear, topCodedAge, yearOf, zipPrefixOf } from '../../../contracts/generalisation.ts';
import type { Field } from '../../../contracts/model.ts';

/** A column of the graph: where its value comes from, and how it becomes a number or a category. */
export interface InputColumn {
  readonly name: string;
  /** Written where the input has no value; undefined where it must have one. */
  readonly absent: number | string | undefined;
  /** What a value has to be, for a message. */
  readonly expected: string;
  /** Gives undefined for a value that is none of its kind. */
  readonly convert: (value: unknown) => number | string | undefined;
}

type Conversion = Pick<InputColumn, 'expected' | 'convert'>;
type Feature = Extract<Field, { kind: 'feature' }>;

const largestFloat32 = 3.4028234663852886e38;
const categoriesNamed = 10;

const numberConversion = ({ minimum, maximum }: Extract<Feature, { type: 'number' }>): Conversion => {
  const least = Math.max(minimum ?? -largestFloat32, -largestFloat32);
  const most = Math.min(maximum ?? largestFloat32, largestFloat32);
  const bounds = [minimum === undefined ? '' : ` from ${minimum}`, maximum === undefined ? '' : ` up to ${maximum}`];
  return {
    expected: `a number${bounds.join('')}`,
    convert: (value) => (typeof value === 'number' && value >= least && value <= most ? value : undefined),
  };
};

const categoryConversion = ({ categories }: Extract<Feature, { type: 'category' }>): Conversion => {
  const known = new Set(categories);
  const others = categories.length - categoriesNamed;
  return {
    expected: `one of ${categories.slice(0, categoriesNamed).join(', ')}${others > 0 ? ` and ${others} more` : ''}`,
    convert: (value) => (typeof value === 'string' && known.has(value) ? value : undefined),
  };
};

const booleanConversion: Conversion = {
  expected: 'true or false',
  convert: (value) => (typeof value === 'boolean' ? Number(value) : undefined),
};

const textConversion: Conversion = {
  expected: `a text of at most ${maximumTextCharacters} characters, none of them null`,
  convert: foldedText,
};

const timestampConversion: Conversion = {
  expected: 'a time in ISO 8601, such as 2026-01-02T03:04:05Z',
  convert: timestampDays,
};

const featureConversion = (feature: Feature): Conversion => {
  if (feature.type === 'number') return numberConversion(feature);
  if (feature.type === 'category') return categoryConversion(feature);
  if (feature.type === 'text') return textConversion;
  return feature.type === 'timestamp' ? timestampConversion : booleanConversion;
};

const dateConversion = (presentYear: number): Conversion => ({
  expected: 'a date, such as 1980-05-17, or a year',
  convert: (value) => {
    const year = yearOf(value);
    return year === undefined ? undefined : keptYear(year, presentYear);
  },
});

const conversionOf = (field: Field | undefined, presentYear: number): Conversion => {
  if (field === undefined)
    throw new TypeError('Expected a column of the graph to be a field of the schema, found none.');
  if (field.kind === FieldKind.Date) return dateConversion(presentYear);
  if (field.kind === FieldKind.Age) return { expected: 'an age in years, 0 to 150', convert: topCodedAge };
  if (field.kind === FieldKind.Zip) return { expected: 'a postcode of five digits, as a string', convert: zipPrefixOf };
  if (field.kind !== FieldKind.Feature)
    throw new TypeError(`Expected an input of the model, got a field ${field.kind}.`);
  return featureConversion(field);
};

/**
 * @param field - of the schema
 * @param missing - what stands for a missing value in the column's tensor
 * @param presentYear - in which the input is read
 */
export const inputColumn = (
  name: string,
  field: Field | undefined,
  missing: number | string,
  presentYear: number,
): InputColumn => ({
  name,
  absent: field !== undefined && 'required' in field && field.required ? undefined : missing,
  ...conversionOf(field, presentYear),
});
