import * as z from 'zod';
import { NewCase } from '../../../contracts/cases.ts';
import { FieldKind, type ModelSchema } from '../../../contracts/model.ts';
import { malformed, type Refusal, unknownField } from './refusal.ts';

/** A case as it came, or why it is not taken in. */
export type ReadCase = { readonly case: NewCase } | { readonly refusal: Refusal };

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
const WithInput = z.looseObject({ input: z.custom<object>(isObject) });

const findUnknownField = (schema: ModelSchema, sent: unknown): Refusal | undefined => {
  const shaped = WithInput.safeParse(sent);
  if (!shaped.success) return undefined;
  const names = Object.keys(shaped.data.input);
  const unknown = names.find((name) => !Object.hasOwn(schema.fields, name));
  return unknown === undefined ? undefined : unknownField(schema, names, unknown);
};

/** Characters of what is no text. */
const maximumCharacters = 1000;

/** @returns the name of the first field that holds a long text and is none */
const findLongValue = ({ fields }: ModelSchema, { input }: NewCase): string | undefined =>
  Object.keys(input).find((name) => {
    const field = fields[name];
    const isText = field?.kind === FieldKind.Feature && field.type === 'text';
    const value = input[name];
    return !isText && typeof value === 'string' && value.length > maximumCharacters;
  });

/**
 * Reads one case of a batch. It fails closed: what the schema does not describe could identify a person,
 * so one unknown field refuses the case.
 */
export const readCase = (schema: ModelSchema, sent: unknown): ReadCase => {
  const unknown = findUnknownField(schema, sent);
  if (unknown !== undefined) return { refusal: unknown };
  const parsed = NewCase.safeParse(sent);
  if (!parsed.success) return { refusal: malformed(schema, parsed.error.issues[0]?.path ?? []) };
  const long = findLongValue(schema, parsed.data);
  return long === undefined ? { case: parsed.data } : { refusal: malformed(schema, ['input', long]) };
};
