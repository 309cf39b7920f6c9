import type { Ledger } from '../../cases/index.ts';
import { tallyLabels } from '../domain/case-labels.ts';
import type { CaseLabelStore, LabelCursor } from './case-label-store.ts';

interface Dependencies {
  readonly ledger: Pick<Ledger, 'openAfter'>;
  readonly labels: CaseLabelStore;
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
export const countCaseLabels = async (dependencies: Dependencies, tenant: string, model: string): Promise<boolean> => {
  for (let round = 0; round < maximumRounds; round += 1) {
    if (await countSome(dependencies, tenant, model)) return true;
  }
  return false;
};

/** @returns whether there was nothing left to count */
const countSome = async ({ ledger, labels }: Dependencies, tenant: string, model: string): Promise<boolean> => {
  const from = await labels.cursor(tenant, model);
  const segments = await ledger.openAfter(tenant, model, from.segment, segmentsAtOnce);
  const rows = segments.flatMap(({ sequence, rows }) => rows.map((row, index) => ({ ...row, sequence, index })));
  const left = rows.slice(from.rows);
  if (left.length === 0) return true;
  const tally = tallyLabels(left, sumsAtOnce);
  const next = left[tally.rows];
  const to: LabelCursor =
    next === undefined
      ? { segment: segments.at(-1)?.sequence ?? from.segment, rows: 0 }
      : { segment: next.sequence - 1, rows: next.index };
  await labels.add(tenant, model, { from, to }, tally);
  return false;
};
