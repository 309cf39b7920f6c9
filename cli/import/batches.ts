import type { Schemas } from '../../client/index.ts';

type NewCase = Schemas['NewCase'];

const casesAtOnce = 200;
/** The API takes 1,048,576 bytes of a request; the rest is room for what stands around the cases. */
const bytesAtOnce = 1_000_000;

/** Bytes that one case may have. */
export const largestCase = bytesAtOnce;

export interface Batch {
  readonly cases: readonly NewCase[];
  /** Of each case, in the file. */
  readonly lines: readonly number[];
}

/** Puts cases together, in their order, as far as one request takes them: by their number and by their size. */
export async function* batchesOf(
  cases: AsyncIterable<{ readonly line: number; readonly given: NewCase }>,
): AsyncIterable<Batch> {
  let batch: { cases: NewCase[]; lines: number[] } = { cases: [], lines: [] };
  let bytes = 0;
  for await (const { line, given } of cases) {
    // And the comma behind it.
    const size = Buffer.byteLength(JSON.stringify(given)) + 1;
    if (batch.cases.length >= casesAtOnce || (batch.cases.length > 0 && bytes + size > bytesAtOnce)) {
      yield batch;
      batch = { cases: [], lines: [] };
      bytes = 0;
    }
    batch.cases.push(given);
    batch.lines.push(line);
    bytes += size;
  }
  if (batch.cases.length > 0) yield batch;
}
