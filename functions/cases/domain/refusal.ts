import { type NewCase, RefusalReason } from '../../../contracts/cases.ts';
import type { ModelSchema } from '../../../contracts/model.ts';
import { nearestName } from './nearest-name.ts';

/** Why a case is not taken in. It repeats nothing that the caller wrote: a name of a field may be the name of a person. */
export interface Refusal {
  readonly reason: RefusalReason;
  /** JSON pointer into the case. */
  readonly pointer: string;
  readonly detail: string;
}

const expectations: Readonly<Record<keyof NewCase, string>> = {
  input:
    "a value for each of the model's fields: a number, a string of at most 1000 characters, 4000 in a text, a boolean or null",
  label: 'a string of at most 100 characters, or a number',
  validator: 'a string of at most 200 characters',
  confidence: 'a number from 0 to 1',
  validatedAt: 'an ISO 8601 time in UTC, such as 2026-03-01T09:30:00Z',
  predictionId: 'the predictionId of an answer',
  gold: 'true or false',
};

const isMember = (name: unknown): name is keyof NewCase => Object.hasOwn(expectations, String(name));

/** The case cannot be read. @param path - of the first fault, as the parser gives it */
export const malformed = (schema: ModelSchema, path: readonly PropertyKey[]): Refusal => {
  const [member, field] = path;
  if (!isMember(member)) {
    return {
      reason: RefusalReason.Malformed,
      pointer: '',
      detail: `Expected an object with no members besides ${Object.keys(expectations).join(', ')}.`,
    };
  }
  const named = typeof field === 'string' && Object.hasOwn(schema.fields, field) ? `/${field}` : '';
  return {
    reason: RefusalReason.Malformed,
    pointer: `/${member}${named}`,
    detail: `Expected ${member} to be ${expectations[member]}${named === '' ? '' : `; the fault is in ${String(field)}`}.`,
  };
};

/** A field that the schema does not know, named by its place and by what it may have been meant to be. */
export const unknownField = (schema: ModelSchema, names: readonly string[], unknown: string): Refusal => {
  const meant = nearestName(unknown, Object.keys(schema.fields));
  const place = `field ${names.indexOf(unknown) + 1} of ${names.length} of the input is not in the model's schema`;
  const hint = meant === undefined ? '' : `; is it meant to be ${meant}`;
  return {
    reason: RefusalReason.UnknownField,
    pointer: '/input',
    detail: `Expected only fields of the model's schema; ${place}${hint}. Remove it, or declare what it is.`,
  };
};

export const forgedPrediction: Refusal = {
  reason: RefusalReason.ForgedPrediction,
  pointer: '/predictionId',
  detail: 'Expected a predictionId that was issued for this model. Send it as it came, or leave it out.',
};

export const goldNotAllowed: Refusal = {
  reason: RefusalReason.GoldNotAllowed,
  pointer: '/gold',
  detail:
    'Expected gold cases to come from an expert, an operator or an admin, got one from an app. Leave gold out, or send the case with the token of a person.',
};

/** @param limit - bytes that are kept of a case */
export const tooLarge = (bytes: number, limit: number): Refusal => ({
  reason: RefusalReason.TooLarge,
  pointer: '/input',
  detail: `Expected a case of at most ${limit} bytes as it is kept, got ${bytes}. Send shorter texts.`,
});
