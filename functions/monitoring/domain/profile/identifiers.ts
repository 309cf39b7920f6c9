import { numbersCases } from '../../../../contracts/numbering.ts';
import { type DescribedField, FieldType } from './fields.ts';

/** Fewer whole numbers may all be different, or grow, by chance. */
const fewestNumbers = 20;

const knownOf = ({ numbers = [] }: DescribedField): number[] => numbers.filter((value) => value !== undefined);

/** Whether whole numbers grow from case to case. */
export const followsCases = (field: DescribedField): boolean => {
  const known = knownOf(field);
  const ascending = known.filter((value, index) => index > 0 && value > (known[index - 1] as number)).length;
  return known.length >= fewestNumbers && ascending >= 0.95 * (known.length - 1);
};

/** Whole numbers that grow from case to case, or that are different where measured ones would repeat themselves. */
const isCounter = (field: DescribedField): boolean => {
  const known = knownOf(field);
  const { distinct } = field;
  if (known.length < fewestNumbers || distinct < known.length || !known.every(Number.isInteger)) return false;
  const [least, most] = known.reduce(
    ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
    [known[0] as number, known[0] as number],
  );
  return followsCases(field) || numbersCases({ known: known.length, distinct, least, most });
};

/** Whether a field numbers or names cases one by one. @param cases - how many were looked at */
export const isIdentifier = (field: DescribedField, cases: number): boolean =>
  field.type === FieldType.Number
    ? isCounter(field)
    : (field.type === FieldType.Category || field.names === true) &&
      cases >= fewestNumbers &&
      field.distinct >= 0.95 * cases * (1 - field.missing) &&
      field.missing < 0.9;
