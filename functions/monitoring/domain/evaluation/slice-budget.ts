import type { EvaluatedVersion } from '../../../../contracts/evaluations.ts';

/** Of a version's slices as JSON: an evaluation of five versions, packed, is one item of the table, which holds 400 KB. */
const mostBytes = 131_072;

/** What is told of versions, and how many slices of each are not. */
interface Fitted {
  readonly results: EvaluatedVersion[];
  readonly slicesLeftOut: number;
}

const bytesOf = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length;

/**
 * Keeps as many slices as fit, those of most cases first, in the given order and of every version the same.
 *
 * @param results - of versions that were measured on the same cases
 */
export const fitSlices = (results: readonly EvaluatedVersion[]): Fitted => {
  const slices = results[0]?.slices ?? [];
  const ranked = [...slices.entries()].sort(([, a], [, b]) => b.metrics.cases - a.metrics.cases);
  const kept = new Set<number>();
  let bytes = 0;
  for (const [place] of ranked) {
    bytes += Math.max(...results.map((result) => bytesOf(result.slices[place])));
    if (bytes > mostBytes) break;
    kept.add(place);
  }
  return {
    results: results.map((result) => ({ ...result, slices: result.slices.filter((_, place) => kept.has(place)) })),
    slicesLeftOut: slices.length - kept.size,
  };
};
