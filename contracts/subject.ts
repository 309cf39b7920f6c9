import { FieldKind } from './field-kind.ts';

/**
 * A subject as it is known everywhere: numbers and texts name the same person, record 17 is record "17". A case, a
 * prediction and its arm find the same person by it.
 *
 * @param value - of the schema's subject field
 * @returns undefined where it names nobody: blank, missing, or of another kind
 */
export const subjectOf = (value: unknown): string | undefined => {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const subject = String(value).trim().normalize('NFC');
  return subject === '' ? undefined : subject;
};

/** Whether a model's schema tells whose predictions belong together. */
export const hasSubject = ({ fields }: { readonly fields: Readonly<Record<string, { readonly kind: FieldKind }>> }) =>
  Object.values(fields).some(({ kind }) => kind === FieldKind.Subject);
