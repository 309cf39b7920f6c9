import { type Field, FieldKind } from '../../contracts/model.ts';
import { numbersCases } from '../../contracts/numbering.ts';
import type { ColumnProfile } from './profile-column.ts';

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
const longestText = 4000;
/** Words of a cell from which on a column is a text. */
const wordsOfText = 4;
const fewRows = 20;

const identifier: Field = { kind: FieldKind.Identifier };

const isCounter = ({ isInteger, ascends, rows, missing, values, minimum, maximum }: ColumnProfile): boolean =>
  rows >= fewRows &&
  missing === 0 &&
  isInteger &&
  values.size === rows &&
  (ascends || numbersCases({ known: rows, distinct: rows, least: minimum, most: maximum }));

const guessByName = (profile: ColumnProfile): [Field, string] | undefined => {
  const { name, isNumber, isInteger, minimum, maximum, values, rows } = profile;
  if (birth.test(name)) return [{ kind: FieldKind.Date, feature: true }, 'a date of birth: reduced to its year'];
  if (personal.test(name)) return [identifier, 'its name says that it identifies a person'];
  if (postcode.test(name)) return [{ kind: FieldKind.Zip, feature: true }, 'a postcode: reduced to three digits'];
  if (age.test(name) && isNumber && minimum >= 0 && maximum <= 150) {
    return [{ kind: FieldKind.Age, feature: true }, 'an age: whole years, 90 and above are one'];
  }
  if (person.test(name) && values.size < 0.9 * rows) {
    return [{ kind: FieldKind.Subject }, 'whom a case is about: a person is never both trained on and held out'];
  }
  if (person.test(name) || (numbered.test(name) && (isInteger || !isNumber) && values.size > 0.9 * rows)) {
    return [identifier, 'its name and its values number the rows'];
  }
  return undefined;
};

const guessByValues = (profile: ColumnProfile): [Field, string] => {
  const { isNumber, isBoolean, isTimestamp, values, rows, missing, words, longest } = profile;
  const required = missing === 0;
  const feature = FieldKind.Feature;
  const known = rows - missing;
  if (known === 0) return [identifier, 'it has no value in any row: left out'];
  if (isCounter(profile)) return [identifier, 'it numbers the rows: its values grow, or never repeat'];
  if (isBoolean) return [{ kind: feature, type: 'boolean', required }, 'yes or no in every row'];
  if (isNumber) return [{ kind: feature, type: 'number', required }, 'a number in every row'];
  if (isTimestamp)
    return [{ kind: feature, type: 'timestamp', deidentified: true, required }, 'a date or time in every row'];
  if (words >= wordsOfText && values.size > 0.5 * known && longest <= longestText) {
    return [{ kind: feature, type: 'text', deidentified: true, required }, `${Math.round(words)} words a row`];
  }
  if (values.size > mostCategories || longest > longestCategory || (known >= fewRows && values.size > 0.9 * known)) {
    return [identifier, `${values.size} different values in ${known} rows`];
  }
  return [
    { kind: feature, type: 'category', categories: [...values.keys()].sort(), required },
    `${values.size} different values`,
  ];
};

/** A name that a field may have. @param taken - names of fields before it */
export const fieldName = (column: string, taken: ReadonlySet<string>): string => {
  const cleaned = column
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9_-]+/g, '_')
    .replaceAll(/^[^A-Za-z]+|_+$/g, '')
    .slice(0, 60);
  const base = cleaned === '' ? 'field' : cleaned;
  if (!taken.has(base)) return base;
  const count = [2, 3, 4, 5, 6, 7, 8, 9].find((suffix) => !taken.has(`${base}_${suffix}`));
  return `${base}_${count ?? taken.size}`;
};

/** What a column is: as it was told, else by its name, else by its values. What could identify somebody is left out. */
export const guessField = (profile: ColumnProfile, name: string, told: Told): GuessedField => {
  const column = profile.name;
  const guess = (): [Field, string] => {
    if (told.identifiers.includes(column)) return [identifier, 'as you say'];
    if (told.subject === column) return [{ kind: FieldKind.Subject }, 'as you say'];
    if (told.features.includes(column)) return guessByValues(profile);
    return guessByName(profile) ?? guessByValues(profile);
  };
  const [field, reason] = guess();
  return { column, name, field, reason };
};
