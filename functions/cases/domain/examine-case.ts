import { type FieldValue, type LabelValue, type NewCase, QuarantineReason } from '../../../contracts/cases.ts';
import { type Field, FieldKind, type ModelSchema, type Policies } from '../../../contracts/model.ts';
import { subjectOf } from '../../../contracts/subject.ts';
import { readLabel } from './label.ts';
import { type KeptField, readField, storable } from './read-field.ts';
import type { StoredCase } from './stored-case.ts';

/** A case after the door's look at it. `subject` and `validator` still identify people: they are replaced by pseudonyms before anything is stored. */
export interface ExaminedCase {
  readonly subject: string | null;
  readonly validator: string | null;
  readonly input: Readonly<Record<string, FieldValue>>;
  readonly label: LabelValue | null;
  readonly gold?: true;
  readonly confidence: number | null;
  readonly validatedAt?: string;
  /** Why it is not to be trusted; empty: nothing was found. */
  readonly reasons: readonly QuarantineReason[];
}

const everyReason = Object.values(QuarantineReason);

/** Each reason once, in the order in which `QuarantineReason` lists them. */
const orderReasons = (found: Iterable<QuarantineReason>): QuarantineReason[] => {
  const reasons = new Set(found);
  return everyReason.filter((reason) => reasons.has(reason));
};

const isKept = (entry: [string, Field]): entry is [string, KeptField] =>
  entry[1].kind !== FieldKind.Identifier && entry[1].kind !== FieldKind.Subject;

/** A field may be called `constructor`: only what was sent is read. */
const sentValue = (input: NewCase['input'], name: string): FieldValue =>
  Object.hasOwn(input, name) ? (input[name] ?? null) : null;

/**
 * Reads an input by a schema: identifiers are dropped, the rest is generalised by its kind.
 *
 * @param input - as it was sent, or as it was kept
 */
const readInput = (
  { fields }: ModelSchema,
  input: Readonly<Record<string, FieldValue>>,
  receiptYear: number,
): Pick<ExaminedCase, 'input' | 'reasons'> => {
  const readings = Object.entries(fields)
    .filter(isKept)
    .map(([name, field]) => ({ name, ...readField(field, sentValue(input, name), receiptYear) }));
  return {
    input: Object.fromEntries(readings.map(({ name, value }) => [name, value])),
    reasons: orderReasons(readings.flatMap(({ fault }) => fault ?? [])),
  };
};

const readSubject = ({ fields }: ModelSchema, input: NewCase['input']) => {
  const name = Object.keys(fields).find((field) => fields[field]?.kind === FieldKind.Subject);
  const value = name === undefined ? null : sentValue(input, name);
  if (typeof value === 'boolean') return { subject: null, faults: [QuarantineReason.WrongType] };
  return { subject: subjectOf(value) ?? null, faults: [] };
};

/**
 * De-identifies a case by the model's schema and checks it, all but for what only other cases can tell.
 *
 * @param receiptYear - in which the case came, UTC
 */
export const examineCase = (
  schema: ModelSchema,
  { minimumConfidence }: Pick<Policies, 'minimumConfidence'>,
  sent: NewCase,
  receiptYear: number,
): ExaminedCase => {
  const { input, reasons } = readInput(schema, sent.input, receiptYear);
  const subject = readSubject(schema, sent.input);
  const label = readLabel(schema.label, sent.label);
  const validator = sent.validator?.trim().normalize('NFC') ?? '';
  const faults = [
    ...reasons,
    ...subject.faults,
    ...label.faults,
    ...((sent.confidence ?? -1) < minimumConfidence ? [QuarantineReason.LowConfidence] : []),
    ...(validator === '' ? [QuarantineReason.NoValidator] : []),
  ];
  return {
    subject: subject.subject,
    validator: validator === '' ? null : validator,
    input,
    label: label.label,
    ...(sent.gold === true ? { gold: true as const } : {}),
    confidence: sent.confidence === undefined ? null : storable(sent.confidence),
    ...(sent.validatedAt === undefined ? {} : { validatedAt: sent.validatedAt }),
    reasons: orderReasons(faults),
  };
};

/**
 * Reads a stored case by the schema of now, where that is another than the one that it came in under: a segment holds
 * only rows that its dataset's schema describes.
 */
export const reexamine = (
  schema: ModelSchema,
  { content, reasons }: Pick<StoredCase, 'content' | 'reasons'>,
): Pick<StoredCase, 'content' | 'reasons'> => {
  const receiptYear = new Date(content.receivedAt).getUTCFullYear();
  const read = readInput(schema, content.input, receiptYear);
  const label = readLabel(schema.label, content.label);
  return {
    content: { ...content, input: read.input, label: label.label },
    reasons: orderReasons([...reasons, ...read.reasons, ...label.faults]),
  };
};
