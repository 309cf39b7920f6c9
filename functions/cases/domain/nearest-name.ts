const largestDistance = 2;

/**
 * Levenshtein's distance: single-character insertions, deletions and substitutions from one text to the other.
 * Given up as soon as it must be larger than the largest that counts.
 */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [index, character] of [...a].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= b.length; column += 1) {
      const substituted = (row[column - 1] ?? 0) + (character === b[column - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    if (Math.min(...next) > largestDistance) return Number.POSITIVE_INFINITY;
    row = next;
  }
  return row[b.length] ?? Number.POSITIVE_INFINITY;
};

/** Case, `_` and `-` tell names apart for a machine only. */
const plain = (name: string): string => name.toLowerCase().replaceAll(/[_-]/g, '');

/** @returns the known name that a mistyped one was probably meant to be, at most two characters away */
export const nearestName = (name: string, known: readonly string[]): string | undefined => {
  const near = known
    .filter((candidate) => Math.abs(candidate.length - name.length) <= 2 * largestDistance)
    .map((candidate) => ({ candidate, distance: distance(plain(name), plain(candidate)) }))
    .filter((found) => found.distance <= largestDistance)
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.candidate;
};
