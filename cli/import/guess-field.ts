import { type Field, FieldKind } from '../../contracts/model.ts';
import { numbersCases } from '../../contracts/numbering.ts';
import { classesAmongMarks } from './missing-marks.ts';
import { type Column, saidOfCut, saidOfStray } from './read-columns.ts';
import { sortedClasses } from './sorted-classes.ts';

/** What a column most likely is, and why. */
export interface GuessedField {
  readonly column: string;
  /** Its name in the model. */
  readonly name: string;
  readonly field: Field;
  readonly reason: string;
}

/** What a person says of columns. */
export interface Told {
  readonly identifiers: readonly string[];
  readonly features: readonly string[];
  readonly subject?: string | undefined;
}

const personal =
  /name$|^name|e-?mail|phone|mobile|fax|address|street|\bssn\b|social.?security|\bmrn\b|record.?(no|number|id)|passport|iban|license.?plate|\bip\b|\burl\b/i;
const birth = /birth|\bdob\b/i;
const postcode = /^(zip|post.?code|postal)/i;
const age = /^age(_?(in_?)?years)?$/i;
const person =
  /^(patient|person|subject|customer|user|client|member|participant|student|rat|animal)([ _-]?(id|no|nr|number|code))?$/i;
const numbered = /(^|[ _-])(id|uuid|guid|index|row|nr|no)$/i;

const mostCategories = 1000;
const longestCategory = 100;
/** Words of a cell from which on a column is a text. */
const wordsOfText = 4;
const fewRows = 20;
/** Of a column's values that are numbers, from which on the others are worth a word. */
const mostlyNumbers = 0.5;

const identifier: Field = { kind: FieldKind.Identifier };

const joined = (...parts: readonly (string | undefined)[]): string => parts.filter(Boolean).join('; ');

const isCounter = ({ isInteger, number, rows, known, values }: Column): boolean =>
  rows >= fewRows &&
  known === rows &&
  isInteger &&
  values.size === rows &&
  (number.ascends || numbersCases({ known: rows, distinct: rows, least: number.minimum, most: number.maximum }));

const guessByName = (column: Column): [Field, string] | undefined => {
  const { name, isNumber, isInteger, number, values, rows } = column;
  if (birth.test(name)) return [{ kind: FieldKind.Date, feature: true }, 'a date of birth: reduced to its year'];
  if (personal.test(name)) return [identifier, 'its name says that it identifies a person'];
  if (postcode.test(name)) return [{ kind: FieldKind.Zip, feature: true }, 'a postcode: reduced to three digits'];
  if (age.test(name) && isNumber && number.minimum >= 0 && number.maximum <= 150) {
    const stray = number.stray && `${saidOfStray(number.stray)}, read as missing`;
    return [{ kind: FieldKind.Age, feature: true }, joined('an age: whole years, 90 and above are one', stray)];
  }
  if (person.test(name) && values.size < 0.9 * rows) {
    return [{ kind: FieldKind.Subject }, 'whom a case is about: a person is never both trained on and held out'];
  }
  if (person.test(name) || (numbered.test(name) && (isInteger || !isNumber) && values.size > 0.9 * rows)) {
    return [identifier, 'its name and its values number the rows'];
  }
  return undefined;
};

/** How many rows have a value of the kind, and what becomes of the others. */
const shareOf = (kind: string, count: number, { rows, known }: Column, stray: Column['number']['stray']): string => {
  const share = count === rows ? `${kind} in every row` : `${kind} in ${count} of ${rows} rows`;
  return count === known || stray === undefined
    ? share
    : `${share}; ${saidOfStray(stray)}, read as missing like all that is none`;
};

const guessMeasure = (column: Column): [Field, string] | undefined => {
  const { isNumber, isBoolean, isTimestamp, rows, known, number, dateWays, reading, noDate } = column;
  const required = known === rows;
  const feature = FieldKind.Feature;
  if (isBoolean) return [{ kind: feature, type: 'boolean', required }, shareOf('yes or no', known, column, undefined)];
  if (isNumber) {
    const share = shareOf('a number', number.count, column, number.stray);
    return [
      { kind: feature, type: 'number', required: required && number.count === known },
      joined(share, column.numberSaid),
    ];
  }
  if (isTimestamp) {
    const count = dateWays.understood[reading.dates];
    const share = shareOf('a date or time', count, column, noDate);
    return [
      { kind: feature, type: 'timestamp', deidentified: true, required: required && count === known },
      joined(share, column.dateSaid),
    ];
  }
  return undefined;
};

/** Why a column that nearly is one of numbers is none. */
const whyNoNumber = ({ number, known, withUnit }: Column): string | undefined => {
  if (number.stray === undefined || number.count + withUnit < mostlyNumbers * known) return undefined;
  return number.count === 0
    ? `no numbers, because ${saidOfStray(number.stray)}: leave out the sign`
    : `a number in ${number.count} of ${known} rows; ${saidOfStray(number.stray)}`;
};

const textOf = (column: Column): [Field, string] => {
  const { words, known, rows, tooLong } = column;
  const cut = tooLong.count === 0 ? undefined : saidOfCut(tooLong);
  return [
    { kind: FieldKind.Feature, type: 'text', deidentified: true, required: known === rows },
    joined(`${Math.round(words)} words a row`, cut),
  ];
};

const categoryOf = (column: Column, names: readonly string[]): [Field, string] => {
  const { known, rows, values, marks, reading } = column;
  const kept = [...classesAmongMarks({ values, marks }, reading.missing)];
  const said = kept.map(([mark, count]) => `${count} rows say ${mark}, taken as one of them`);
  return [
    { kind: FieldKind.Feature, type: 'category', categories: [...names], required: known === rows },
    joined(`${names.length} different values`, whyNoNumber(column), ...said),
  ];
};

/** Why the values make no categories; undefined where they do. */
const whyNoCategory = ({ values, longest, known }: Column, names: readonly string[]): string | undefined => {
  if (names.length > mostCategories) return `${values.size} different values in ${known} rows`;
  if (longest.characters > longestCategory) {
    return `a value of ${longest.characters} characters in line ${longest.line}, above ${longestCategory}`;
  }
  return undefined;
};

const isCompactDate = ({ known, compactDates }: Column): boolean => known > 0 && compactDates === known;

/** @param isTold - whether a person says that it is a feature */
const guessByValues = (column: Column, isTold: boolean): [Field, string] => {
  const { values, known, rows, words, marks, reading } = column;
  if (known === 0) return [identifier, 'it has no value in any row: left out'];
  if (isCompactDate(column)) {
    return [
      { kind: FieldKind.Feature, type: 'timestamp', deidentified: true, required: known === rows },
      shareOf('a date of eight digits', known, column, undefined),
    ];
  }
  if (!isTold && isCounter(column)) {
    return [identifier, joined('it numbers the rows: its values grow, or never repeat', column.numberSaid)];
  }
  const measure = guessMeasure(column);
  if (measure !== undefined) return measure;
  if (words >= wordsOfText && values.size > 0.5 * known) return textOf(column);
  const names = sortedClasses([...values.keys(), ...classesAmongMarks({ values, marks }, reading.missing).keys()]);
  const fault = whyNoCategory(column, names);
  if (isTold) return fault === undefined ? categoryOf(column, names) : textOf(column);
  const isDifferent = known >= fewRows && values.size > 0.9 * known;
  if (fault === undefined && !isDifferent) return categoryOf(column, names);
  return [identifier, whyNoNumber(column) ?? fault ?? `${values.size} different values in ${known} rows`];
};

/** What a column is: as it was told, else by its name, else by its values. What could identify somebody is left out. */
export const guessField = (column: Column, name: string, told: Told): GuessedField => {
  const guess = (): [Field, string] => {
    if (told.identifiers.includes(column.name)) return [identifier, 'as you say'];
    if (told.subject === column.name) return [{ kind: FieldKind.Subject }, 'as you say'];
    if (told.features.includes(column.name)) return guessByValues(column, true);
    return guessByName(column) ?? guessByValues(column, false);
  };
  const [field, reason] = guess();
  return { column: column.name, name, field, reason };
};
