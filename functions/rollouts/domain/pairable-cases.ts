import type { LedgerRow } from '../../../contracts/cases.ts';
import { isUnseen } from '../../../contracts/datasets.ts';

/** A case, and the segment that holds it. */
export interface PlacedRow {
  readonly segment: number;
  readonly row: LedgerRow;
}

/** A sealed segment, as far as it matters here. */
interface Segment {
  readonly sequence: number;
  readonly rows: readonly LedgerRow[];
}

/**
 * The cases of which pairs are made: unseen by both versions, and one of each subject, its first. The process bets on
 * independent pairs, and cases of one person are not; which case counts must not depend on what the versions said of it.
 * The ledger keeps the segment of a subject's first case, so nothing has to be remembered of a rollout's subjects. A case
 * without subject is taken for somebody's only one.
 *
 * @param cut - last segment of the later of the two datasets
 * @param firstSegments - of the subjects, by pseudonym
 */
export const pairableCases = (
  cut: number,
  segments: readonly Segment[],
  firstSegments: ReadonlyMap<string, number>,
): PlacedRow[] =>
  segments.flatMap(({ sequence, rows }) => {
    const met = new Set<string>();
    return rows.flatMap((row) => {
      const { subject } = row;
      const placed = [{ segment: sequence, row }];
      if (subject === null) return isUnseen(cut, sequence, undefined) ? placed : [];
      const isFirst = firstSegments.get(subject) === sequence && !met.has(subject);
      met.add(subject);
      return isFirst && isUnseen(cut, sequence, sequence) ? placed : [];
    });
  });
