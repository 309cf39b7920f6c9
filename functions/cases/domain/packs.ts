/**
 * How a ledger is packed. Where a segment lies follows from its sequence alone, so that whoever packs makes the same
 * packs and pages:
 *
 *     segments  1 … 200 → pack 1,  201 … 400 → pack 2, …
 *     packs     1 … 50  → page 1,  51 … 100  → page 2, …
 *
 * A segment has 25 cases at most: a pack 5,000, a page 250,000. These numbers stand in stored datasets and never change.
 */
const segmentsPerPack = 200;
const packsPerPage = 50;

/** Consecutive numbers, from 1; none where `last` is below `first`. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** What a ledger is made of up to a segment. */
export interface Layout {
  readonly pages: Range;
  /** After those of the pages. */
  readonly packs: Range;
  /** After those of the packs. */
  readonly segments: Range;
}

/** @param cut - sequence of the last segment */
export const layoutOf = (cut: number): Layout => {
  const packs = Math.floor(cut / segmentsPerPack);
  const pages = Math.floor(packs / packsPerPage);
  return {
    pages: { first: 1, last: pages },
    packs: { first: pages * packsPerPage + 1, last: packs },
    segments: { first: packs * segmentsPerPack + 1, last: cut },
  };
};

export const segmentsOfPack = (number: number): Range => ({
  first: (number - 1) * segmentsPerPack + 1,
  last: number * segmentsPerPack,
});

export const packsOfPage = (number: number): Range => ({
  first: (number - 1) * packsPerPage + 1,
  last: number * packsPerPage,
});

export const countOf = ({ first, last }: Range): number => Math.max(0, last - first + 1);

export const numbersOf = ({ first, last }: Range): number[] =>
  Array.from({ length: countOf({ first, last }) }, (_, index) => first + index);
