import { FieldKind } from '../../../contracts/field-kind.ts';
import type { ModelSchema } from '../../../contracts/model.ts';
import { subjectOf } from '../../../contracts/subject.ts';
import type { Signature } from '../../../contracts/versions.ts';
import { type InputColumn, inputColumn } from './input-column.ts';

type Input = Readonly<Record<string, unknown>>;

/** One fault of an input: where, and what was expected. The value itself is never repeated. */
interface InputFault {
  /** A JSON pointer below the input, such as `/age`. */
  readonly pointer: string;
  readonly detail: string;
}

/** Reads inputs of one schema into the columns of one signature. */
export interface InputReader {
  /** k, columns of the tensor `numeric`. */
  readonly numericColumns: number;
  /** m, columns of the tensor `categorical`. */
  readonly categoricalColumns: number;
  /**
   * Writes one input into row `row` of both tensors, generalised as at the door of cases. What identifies people is
   * not looked at.
   *
   * @param numeric - row-major [N × k]; NaN is missing
   * @param categorical - row-major [N × m]; the empty string is missing
   * @returns whether the input fits the schema; where it does not, the row is of no use
   */
  read(input: Input, numeric: Float32Array, categorical: string[], row: number): boolean;
  /** Everything that `read` found at fault. */
  faultsOf(input: Input): InputFault[];
  /** The subject; undefined where the schema or the input has none. */
  subjectOf(input: Input): string | undefined;
}

const columnValue = (column: InputColumn, value: unknown): number | string | undefined =>
  value === undefined || value === null ? column.absent : column.convert(value);

const kindOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
};

const faultOf = ({ name, expected }: InputColumn, value: unknown): InputFault => ({
  pointer: `/${name}`,
  detail:
    value === undefined || value === null
      ? `expected ${expected}; it is missing`
      : `expected ${expected}; got ${kindOf(value)} that is not`,
});

/** An unknown field's name may itself hold what a person wrote: only what could name a field is repeated. */
const unknownField = (name: string): InputFault => ({
  pointer: /^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name) ? `/${name}` : '',
  detail: "expected only fields of the model's schema; leave this one out",
});

/**
 * Prepares reading; done once for a schema and a signature that fits it.
 *
 * @param signature - decides the order of the columns: the fields of a schema have none
 * @param presentYear - in which the inputs are read, for dates so long ago that they would tell of an age over 89.
 *   Default: they were generalised before
 * @throws TypeError where the signature names a column that the schema does not have
 */
export const compileInputReader = (
  schema: ModelSchema,
  signature: Signature,
  presentYear = Number.NEGATIVE_INFINITY,
): InputReader => {
  const known = new Map(Object.entries(schema.fields));
  const columnsOf = (names: readonly string[], missing: number | string): InputColumn[] =>
    names.map((name) => inputColumn(name, known.get(name), missing, presentYear));
  const numbers = columnsOf(signature.numeric, Number.NaN);
  const strings = columnsOf(signature.categorical, '');
  const [subject] = [...known].find(([, field]) => field.kind === FieldKind.Subject) ?? [];

  return {
    numericColumns: numbers.length,
    categoricalColumns: strings.length,
    read: (input, numeric, categorical, row) => {
      let fits = true;
      for (const name in input) if (!known.has(name)) fits = false;
      for (let index = 0; index < numbers.length; index += 1) {
        const column = numbers[index] as InputColumn;
        const value = columnValue(column, input[column.name]) as number | undefined;
        if (value === undefined) fits = false;
        else numeric[row * numbers.length + index] = value;
      }
      for (let index = 0; index < strings.length; index += 1) {
        const column = strings[index] as InputColumn;
        const value = columnValue(column, input[column.name]) as string | undefined;
        if (value === undefined) fits = false;
        else categorical[row * strings.length + index] = value;
      }
      return fits;
    },
    faultsOf: (input) => [
      ...[...numbers, ...strings]
        .filter((column) => columnValue(column, input[column.name]) === undefined)
        .map((column) => faultOf(column, input[column.name])),
      ...Object.keys(input)
        .filter((name) => !known.has(name))
        .map(unknownField),
    ],
    subjectOf: (input) => (subject === undefined ? undefined : subjectOf(input[subject])),
  };
};
