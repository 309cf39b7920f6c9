import { rolloutOutcomeEntity, rolloutSubjectEntity } from '../../inference/index.ts';
import type { Table } from '../../platform/table.ts';
import type { AssignedOutcome } from '../domain/randomised/units.ts';

/** An outcome that came in time, and the version that was asked for it. */
export type RolloutOutcome = AssignedOutcome & { readonly assigned: string };

/** From `from` on, before `before`; ms since 1970, of the predictions. */
export interface Span {
  readonly from: number;
  readonly before: number;
}

/** Outcomes in time, as the inference slice keeps them for the rollouts that they are evidence of. */
export interface OutcomeReader {
  /** Outcomes of predictions of a span, in the order of the predictions, page by page. */
  pages(tenant: string, model: string, rollout: string, span: Span): AsyncGenerator<readonly RolloutOutcome[]>;
  /** @returns ms since 1970, of each subject's first prediction in the rollout with an outcome in time */
  firstAt(
    tenant: string,
    model: string,
    rollout: string,
    subjects: readonly string[],
  ): Promise<ReadonlyMap<string, number>>;
}

interface Page {
  readonly data: readonly RolloutOutcome[];
  readonly cursor: string | null;
}

/** Batches of 100 subjects that are read at the same time. */
const batchesAtOnce = 8;
/** ElectroDB holds some 15 KB for each item of a call, so that one for a whole day's subjects would take all memory. */
const subjectsAtOnce = 100 * batchesAtOnce;

export const openOutcomeReader = (table: Table): OutcomeReader => {
  const outcomes = rolloutOutcomeEntity(table);
  const subjects = rolloutSubjectEntity(table);
  return {
    pages: async function* (tenant, model, rollout, { from, before }) {
      if (from >= before) return;
      // A key goes on behind its time, so outcomes of the time `before` itself are beyond the upper bound.
      const query = outcomes.query
        .byTime({ tenant, model, rollout })
        .between({ assignedAt: from }, { assignedAt: before });
      let next: string | null = null;
      do {
        const { data, cursor }: Page = await query.go({ cursor: next, consistent: true });
        yield data;
        next = cursor;
      } while (next !== null);
    },
    firstAt: async (tenant, model, rollout, wanted) => {
      const found = new Map<string, number>();
      for (let from = 0; from < wanted.length; from += subjectsAtOnce) {
        const some = wanted.slice(from, from + subjectsAtOnce);
        const keys = some.map((subject) => ({ tenant, model, rollout, subject }));
        const { data, unprocessed } = await subjects.get(keys).go({ concurrent: batchesAtOnce, consistent: true });
        if (unprocessed.length > 0) {
          throw new Error(`Expected ${keys.length} subjects, and ${unprocessed.length} were not read. Try again.`);
        }
        for (const { subject, firstAt } of data) found.set(subject, firstAt);
      }
      return found;
    },
  };
};
