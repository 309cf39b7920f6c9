import type { FieldValue, LabelValue } from '../../../../contracts/cases.ts';

/** What a version says of a case; undefined where it failed. */
export type VersionAnswer =
  | { readonly label: LabelValue; readonly probabilities?: readonly number[] | undefined }
  | undefined;

/** A case that versions are evaluated on. */
export interface EvaluatedCase {
  readonly input: Readonly<Record<string, FieldValue>>;
  readonly label: LabelValue;
  /** Pseudonym. */
  readonly subject: string | null;
}

/** What answers are measured by. */
export type Target =
  | { readonly kind: 'class'; readonly classes: readonly string[] }
  | { readonly kind: 'number'; readonly tolerance: number };
