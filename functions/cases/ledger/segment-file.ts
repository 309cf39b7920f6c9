import { gunzipSync, gzipSync } from 'node:zlib';
import { LedgerRow } from '../../../contracts/cases.ts';
import { sha256 } from '../../platform/canonical-json.ts';

/** A segment's bytes are not those that were sealed. */
export class SegmentCorruptedError extends Error {
  override readonly name = 'SegmentCorruptedError';
}

/** @returns the bytes of a segment: its rows as gzip JSON lines. The same rows give the same bytes. */
export const packRows = (rows: readonly LedgerRow[]): Uint8Array =>
  gzipSync(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));

/**
 * Hands on the bytes of a ledger's object, verified.
 *
 * @param expected - hexadecimal SHA-256 of the bytes
 * @throws SegmentCorruptedError where the bytes are missing or others
 */
export const verified = (key: string, bytes: Uint8Array | undefined, expected: string): Uint8Array => {
  const found = bytes === undefined ? 'nothing' : sha256(bytes);
  if (bytes !== undefined && found === expected) return bytes;
  throw new SegmentCorruptedError(
    `Expected ${key} with SHA-256 ${expected}, found ${found}. Restore the version of the object that was sealed.`,
  );
};

/** @throws SegmentCorruptedError as `verified` does */
export const unpackRows = (key: string, bytes: Uint8Array | undefined, expected: string): LedgerRow[] =>
  gunzipSync(verified(key, bytes, expected))
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => LedgerRow.parse(JSON.parse(line)));
