import type { AnsweredPrediction, FieldValue, LabelValue, QuarantineReason } from '../../../contracts/cases.ts';
import type { CaseStatus } from '../../../contracts/statuses.ts';

/** What came through the door; never changed, but by erasure. Nothing in it identifies a person. */
export interface CaseContent {
  readonly receivedAt: string;
  /** Pseudonym. */
  readonly subject: string | null;
  readonly input: Readonly<Record<string, FieldValue>>;
  readonly label: LabelValue | null;
  readonly gold?: true | undefined;
  /** Pseudonym. */
  readonly validator: string | null;
  readonly confidence: number | null;
  readonly validatedAt?: string | undefined;
  readonly prediction?: AnsweredPrediction | undefined;
  /** Of the schema that it was read by. */
  readonly schemaHash: string;
}

/** A case as the table keeps it. */
export interface StoredCase {
  readonly id: string;
  readonly content: CaseContent;
  readonly status: CaseStatus;
  /** Found at the door while the case is received; why it is quarantined, later. */
  readonly reasons: readonly QuarantineReason[];
  readonly decidedAt?: string | undefined;
  /** Of the ledger, once accepted. */
  readonly segment?: number | undefined;
}

/** What is left of a case that was erased. */
export const withoutContent = ({ receivedAt, schemaHash }: CaseContent): CaseContent => ({
  receivedAt,
  subject: null,
  input: {},
  label: null,
  validator: null,
  confidence: null,
  schemaHash,
});
