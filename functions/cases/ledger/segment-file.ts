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
 * Unpacks the lines of a segment, verified.
 *
 * @param expected - hexadecimal SHA-256 of the bytes
 * @throws SegmentCorruptedError where the bytes are missing or others
 */
export const unpackLines = (key: string, bytes: Uint8Array | undefined, expected: string): Uint8Array => {
  const found = bytes === undefined ? 'nothing' : sha256(bytes);
  if (bytes === undefined || found !== expected) {
    throw new SegmentCorruptedError(
      `Expected the segment ${key} with SHA-256 ${expected}, found ${found}. Restore the version of the object that was sealed.`,
    );
  }
  return gunzipSync(bytes);
};

/** @throws SegmentCorruptedError as unpackLines does */
export const unpackRows = (key: string, bytes: Uint8Array | undefined, expected: string): LedgerRow[] =>
  Buffer.from(unpackLines(key, bytes, expected))
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => LedgerRow.parse(JSON.parse(line)));
