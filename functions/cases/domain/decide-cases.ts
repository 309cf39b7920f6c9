import { QuarantineReason } from '../../../contracts/cases.ts';
import type { CaseContent, StoredCase } from './stored-case.ts';

/** A case that waits for its decision. */
export interface Candidate extends Pick<StoredCase, 'id' | 'content' | 'reasons'> {
  /** Keyed hash of what makes it the same observation as another. */
  readonly fingerprint: string;
}

/** What a case has that may be trained on. */
export interface TrustedContent extends CaseContent {
  readonly label: string;
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
}

export type Decision = Acceptance | Quarantine;

const isTrusted = (content: CaseContent): content is TrustedContent =>
  content.label !== null && content.validator !== null && content.confidence !== null;

/**
 * Decides cases in the order given: the first of several equal ones is accepted, unless one was accepted before.
 *
 * @param labels - of the fingerprints that accepted cases hold
 */
export const decideCases = (candidates: readonly Candidate[], labels: ReadonlyMap<string, string>): Decision[] => {
  const taken = new Map(labels);
  return candidates.map(({ id, content, reasons, fingerprint }): Decision => {
    if (reasons.length > 0 || !isTrusted(content)) return { accepted: false, id, reasons };
    const label = taken.get(fingerprint);
    if (label === undefined) {
      taken.set(fingerprint, content.label);
      return { accepted: true, id, content, fingerprint };
    }
    const reason = label === content.label ? QuarantineReason.Duplicate : QuarantineReason.ConflictingLabel;
    return { accepted: false, id, reasons: [reason] };
  });
};
