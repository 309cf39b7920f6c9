import type { LedgerRow } from '../../../contracts/cases.ts';

/** Hexadecimal digits of the MAC that are read: 48 bits, so that the remainder is even to within 1e-10. */
const digits = 12;
const places = 10_000;

/**
 * The side of the split, drawn by a keyed hash: a subject is on one side only, and never moves.
 *
 * @param mac - hexadecimal HMAC-SHA256 of the subject, or of the case where it has none, under the model's holdout key
 * @param holdoutShare - share of subjects that are never trained on, 0 to 1
 */
export const sideOf = (mac: string, holdoutShare: number): Exclude<LedgerRow['split'], 'gold'> =>
  Number.parseInt(mac.slice(0, digits), 16) % places < holdoutShare * places ? 'holdout' : 'train';
