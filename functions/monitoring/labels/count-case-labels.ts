import type { Ledger } from '../../cases/index.ts';
import { type LabelRow, tallyLabels } from '../domain/case-labels.ts';
import type { CaseLabelStore, LabelCursor } from './case-label-store.ts';

export interface LabelDependencies {
  readonly ledger: Pick<Ledger, 'openAfter'>;
  readonly labels: CaseLabelStore;
}

/** Rows of opened segments that are still to be counted. */
interface Opened {
  /** Before the first of them. */
  readonly from: LabelCursor;
  readonly rows: readonly (LabelRow & { readonly segment: number; readonly index: number })[];
  /** The last segment that was opened. */
  readonly last: number;
}

/** Segments that are opened at once. */
const segmentsAtOnce = 40;
/** Sums of one transaction, which may hold 100 writes: with the cursor, and two that the last row may add. */
const sumsAtOnce = 90;
const maximumRounds = 50;

/**
 * Counts every accepted case as a label, each once: who loses the race for the cursor reads again.
 *
 * @returns whether all were counted; if not, call again
 */
export const countCaseLabels = async (
  dependencies: LabelDependencies,
  tenant: string,
  model: string,
): Promise<boolean> => {
  let opened: Opened | undefined;
  for (let round = 0; round < maximumRounds; round += 1) {
    opened ??= await openRows(dependencies, tenant, model);
    if (opened.rows.length === 0) return true;
    opened = await countSome(dependencies, tenant, model, opened);
  }
  return false;
};

const openRows = async ({ ledger, labels }: LabelDependencies, tenant: string, model: string): Promise<Opened> => {
  const from = await labels.cursor(tenant, model);
  const segments = await ledger.openAfter(tenant, model, from.segment, segmentsAtOnce);
  const rows = segments.flatMap(({ sequence, rows: some }) =>
    some.map(({ receivedAt, prediction }, index) => ({ receivedAt, prediction, segment: sequence, index })),
  );
  return { from, rows: rows.slice(from.rows), last: segments.at(-1)?.sequence ?? from.segment };
};

/** @returns what is left; undefined where that has to be read again */
const countSome = async (
  { labels }: LabelDependencies,
  tenant: string,
  model: string,
  { from, rows, last }: Opened,
): Promise<Opened | undefined> => {
  const tally = tallyLabels(rows, sumsAtOnce);
  const left = rows.slice(tally.rows);
  const [next] = left;
  const to = next === undefined ? { segment: last, rows: 0 } : { segment: next.segment - 1, rows: next.index };
  const isStored = await labels.add(tenant, model, { from, to }, tally);
  return isStored && next !== undefined ? { from: to, rows: left, last } : undefined;
};
