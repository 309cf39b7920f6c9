import type { FieldValue, LabelValue } from '../../../../contracts/cases.ts';

/** A case as its profile is made of. */
export interface Observation {
  readonly input: Readonly<Record<string, FieldValue>>;
  readonly label: LabelValue;
  /** Pseudonym. */
  readonly subject: string | null;
  /** ISO 8601. */
  readonly receivedAt: string;
}

/** Days since 1970 of an ISO 8601 time; undefined for anything else. */
export const daysOf = (value: FieldValue): number | undefined => {
  const milliseconds = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 86_400_000;
};
