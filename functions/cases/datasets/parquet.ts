import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { LedgerRow } from '../../../contracts/cases.ts';
import { FieldKind, type ModelSchema } from '../../../contracts/model.ts';
import type { KeptField } from '../domain/read-field.ts';

/** A row group is written when it has so many rows, or came from so many characters: that bounds the memory. */
const groupRows = 10_000;
const groupCharacters = 16_777_216;

/** How a column's values are stored; any of them may be null. */
const types = {
  number: { type: 'DOUBLE' },
  integer: { type: 'INT32' },
  boolean: { type: 'BOOLEAN' },
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  timestamp: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
} as const;

interface Column {
  readonly name: string;
  readonly type: keyof typeof types;
  readonly read: (row: LedgerRow) => unknown;
}

const typeOfField = (field: KeptField): Column['type'] => {
  if (field.kind === FieldKind.Feature) return field.type === 'category' ? 'text' : field.type;
  return field.kind === FieldKind.Zip ? 'text' : 'integer';
};

const time = (value: unknown): Date | null => (typeof value === 'string' ? new Date(value) : null);

const caseColumns = ({ label }: ModelSchema): Column[] => [
  { name: 'id', type: 'text', read: (row) => row.id },
  { name: 'receivedAt', type: 'timestamp', read: (row) => time(row.receivedAt) },
  { name: 'subject', type: 'text', read: (row) => row.subject },
  { name: 'split', type: 'text', read: (row) => row.split },
  { name: 'label', type: label.type === 'number' ? 'number' : 'text', read: (row) => row.label },
  { name: 'confidence', type: 'number', read: (row) => row.confidence },
  { name: 'validator', type: 'text', read: (row) => row.validator },
];

/** What is known of each case, then the fields in the order of the schema; a field of the same name is `input.…`. */
const columnsOf = (schema: ModelSchema): Column[] => {
  const known = caseColumns(schema);
  const taken = new Set(known.map(({ name }) => name));
  const fields = Object.entries(schema.fields).flatMap(([field, declared]): Column[] => {
    if (declared.kind === FieldKind.Identifier || declared.kind === FieldKind.Subject) return [];
    const type = typeOfField(declared);
    const name = taken.has(field) ? `input.${field}` : field;
    const given = (row: LedgerRow) => (Object.hasOwn(row.input, field) ? row.input[field] : null) ?? null;
    return [{ name, type, read: type === 'timestamp' ? (row) => time(given(row)) : given }];
  });
  return [...known, ...fields];
};

/** Takes what was written out of the writer, which goes on behind it. */
const take = (bytes: ByteWriter): Uint8Array => {
  const written = bytes.getBytes().slice();
  bytes.index = 0;
  return written;
};

/**
 * Cases as a Parquet file, piece by piece: a column a field, typed by the schema, and the memory of one row group.
 * https://github.com/apache/parquet-format
 *
 * @param lines - of the ledger
 */
export async function* writeParquet(schema: ModelSchema, lines: AsyncIterable<string>): AsyncIterable<Uint8Array> {
  const columns = columnsOf(schema);
  const bytes = new ByteWriter();
  const file = new ParquetWriter({
    writer: bytes,
    createdBy: 'relearn',
    schema: [
      { name: 'cases', num_children: columns.length },
      ...columns.map(({ name, type }) => ({ name, ...types[type], repetition_type: 'OPTIONAL' as const })),
    ],
  });
  const writeGroup = async (rows: readonly LedgerRow[]): Promise<Uint8Array> => {
    const columnData = columns.map(({ name, read }) => ({ name, data: rows.map(read), offsetIndex: false }));
    await file.write({ columnData, rowGroupSize: rows.length });
    return take(bytes);
  };
  let rows: LedgerRow[] = [];
  let characters = 0;
  for await (const line of lines) {
    rows.push(JSON.parse(line) as LedgerRow);
    characters += line.length;
    if (rows.length < groupRows && characters < groupCharacters) continue;
    yield await writeGroup(rows);
    rows = [];
    characters = 0;
  }
  if (rows.length > 0) yield await writeGroup(rows);
  await file.finish();
  yield take(bytes);
}
