import type { LedgerRow } from '../../../contracts/cases.ts';
import type { Acceptance } from './decide-cases.ts';
import { sideOf } from './split.ts';

/**
 * The line of the ledger for an accepted case.
 *
 * @param macOf - hexadecimal HMAC-SHA256 under the model's holdout key
 * @param holdoutShare - share of subjects that are never trained on, 0 to 1
 */
export const ledgerRow = (
  { id, content }: Acceptance,
  macOf: (text: string) => string,
  holdoutShare: number,
): LedgerRow => ({
  id,
  receivedAt: content.receivedAt,
  subject: content.subject,
  split: content.gold === true ? 'gold' : sideOf(macOf(content.subject ?? id), holdoutShare),
  input: { ...content.input },
  label: content.label,
  confidence: content.confidence,
  validator: content.validator,
  ...(content.prediction === undefined ? {} : { prediction: content.prediction }),
});
