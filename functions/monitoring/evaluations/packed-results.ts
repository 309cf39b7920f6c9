import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import type { Evaluation } from '../../../contracts/evaluations.ts';

type Results = NonNullable<Evaluation['results']>;

/** Beyond this it takes seconds and saves little. */
const quality = 5;

/**
 * The results of an evaluation in few bytes. Five versions of a hundred classes, whose names stand in each metric of
 * each slice, are above the 400 KB of an item as they are, and below 300 KB like this: Brotli looks back over all of
 * them, and tells each name once.
 */
export const packResults = (results: Results): Uint8Array =>
  brotliCompressSync(JSON.stringify(results), { params: { [constants.BROTLI_PARAM_QUALITY]: quality } });

export const unpackResults = (packed: Uint8Array): unknown => JSON.parse(brotliDecompressSync(packed).toString());
