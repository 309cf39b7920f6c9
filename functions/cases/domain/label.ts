import { type LabelValue, type NewCase, QuarantineReason } from '../../../contracts/cases.ts';
import type { Label } from '../../../contracts/model.ts';
import { readNumber } from './read-field.ts';

/** What is kept of a label. */
interface LabelReading {
  readonly label: LabelValue | null;
  readonly faults: readonly QuarantineReason[];
}

const fault = (reason: QuarantineReason): LabelReading => ({ label: null, faults: [reason] });

const readNumberLabel = (expected: Extract<Label, { type: 'number' }>, sent: unknown): LabelReading => {
  if (typeof sent !== 'number') return fault(QuarantineReason.UnknownLabel);
  const { value, fault: found } = readNumber(expected, sent);
  return found === undefined ? { label: value as number, faults: [] } : fault(found);
};

/** Reads what was right: one of the classes, or a number within the bounds. Nothing is coerced. */
export const readLabel = (expected: Label, sent: NewCase['label']): LabelReading => {
  if (sent === undefined || sent === null) return fault(QuarantineReason.MissingLabel);
  if (expected.type === 'number') return readNumberLabel(expected, sent);
  const label = expected.classes.find((known) => known === sent);
  return label === undefined ? fault(QuarantineReason.UnknownLabel) : { label, faults: [] };
};
