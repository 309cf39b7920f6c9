import { type Field, FieldKind, isModelInput, type ModelSchema } from '../../../contracts/model.ts';
import type { Signature } from '../../../contracts/versions.ts';

/** Whether the graph is given the field as a string; else as a number. */
export const isCategorical = (field: Field): boolean =>
  field.kind === FieldKind.Zip || ('type' in field && field.type === 'category');

/** The one signature that fits a schema: columns in the order of its fields, classes in the order of its label. */
export const signatureOf = ({ fields, label }: ModelSchema): Signature => {
  const inputs = Object.entries(fields).filter(([, field]) => isModelInput(field));
  const names = (categorical: boolean): string[] =>
    inputs.filter(([, field]) => isCategorical(field) === categorical).map(([name]) => name);
  return { numeric: names(false), categorical: names(true), classes: [...label.classes] };
};

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, index) => name === b[index]);

export const isSameSignature = (a: Signature, b: Signature): boolean =>
  same(a.numeric, b.numeric) && same(a.categorical, b.categorical) && same(a.classes, b.classes);
