import { type Field, FieldKind, isModelInput, type ModelSchema } from '../../../contracts/model.ts';
import type { Signature } from '../../../contracts/versions.ts';

const isCategorical = (field: Field): boolean =>
  field.kind === FieldKind.Zip || ('type' in field && (field.type === 'category' || field.type === 'text'));

const inputNames = ({ fields }: ModelSchema, categorical: boolean): string[] =>
  Object.entries(fields)
    .filter(([, field]) => isModelInput(field) && isCategorical(field) === categorical)
    .map(([name]) => name);

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, index) => name === b[index]);

/**
 * Whether a graph of this signature takes what the schema gives: the same fields, in whatever order of columns, the
 * classes in the order of the label, none where it is a number, and as many weights as classes, where there are any.
 */
export const fitsSchema = ({ numeric, categorical, classes, weights }: Signature, schema: ModelSchema): boolean =>
  isSame(numeric.toSorted(), inputNames(schema, false).sort()) &&
  isSame(categorical.toSorted(), inputNames(schema, true).sort()) &&
  isSame(classes, schema.label.type === 'category' ? schema.label.classes : []) &&
  (weights === undefined || weights.length === classes.length);
