import { type LabelValue, QuarantineReason } from '../../../contracts/cases.ts';
import { isRight } from '../../../contracts/right-answer.ts';
import { type CaseContent, type StoredCase, withoutContent } from './stored-case.ts';

/** A case that waits for its decision. */
export interface Candidate extends Pick<StoredCase, 'id' | 'content' | 'reasons'> {
  /** Keyed hash of what makes it the same observation as another. */
  readonly fingerprint: string;
}

/** What a case has that may be trained on. */
export interface TrustedContent extends CaseContent {
  readonly label: LabelValue;
  readonly validator: string;
  readonly confidence: number;
}

export interface Acceptance {
  readonly accepted: true;
  readonly id: string;
  readonly content: TrustedContent;
  readonly fingerprint: string;
}

interface Quarantine {
  readonly accepted: false;
  readonly id: string;
  readonly reasons: readonly QuarantineReason[];
  /** In place of what is stored. @default what is stored stays */
  readonly content?: CaseContent;
}

export type Decision = Acceptance | Quarantine;

const isTrusted = (content: CaseContent): content is TrustedContent =>
  content.label !== null && content.validator !== null && content.confidence !== null;

/**
 * Decides cases in the order given: the first of several equal ones is accepted, unless one was accepted before.
 *
 * @param labels - of the fingerprints that accepted cases hold; null: the observation was erased
 * @param tolerance - of a number, within which two labels say the same
 */
export const decideCases = (
  candidates: readonly Candidate[],
  labels: ReadonlyMap<string, LabelValue | null>,
  tolerance = 0,
): Decision[] => {
  const taken = new Map(labels);
  return candidates.map(({ id, content, reasons, fingerprint }): Decision => {
    const label = taken.get(fingerprint);
    if (label === null) {
      return { accepted: false, id, reasons: [QuarantineReason.Erased], content: withoutContent(content) };
    }
    if (reasons.length > 0 || !isTrusted(content)) return { accepted: false, id, reasons };
    if (label === undefined) {
      taken.set(fingerprint, content.label);
      return { accepted: true, id, content, fingerprint };
    }
    const reason = isRight(content.label, label, tolerance)
      ? QuarantineReason.Duplicate
      : QuarantineReason.ConflictingLabel;
    return { accepted: false, id, reasons: [reason] };
  });
};
