import type { AnsweredPrediction, FieldValue, QuarantineReason } from '../../../contracts/cases.ts';
import type { CaseStatus } from '../../../contracts/statuses.ts';

/** What came through the door; never changed. Nothing in it identifies a person. */
export interface CaseContent {
  readonly receivedAt: string;
  /** Pseudonym. */
  readonly subject: string | null;
  readonly input: Readonly<Record<string, FieldValue>>;
  readonly label: string | null;
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
