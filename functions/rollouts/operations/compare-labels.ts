import { minuteOf } from '../../../contracts/label-delays.ts';
import { countingSeconds } from '../../../contracts/outcome-timing.ts';
import type { PredictionCounts } from '../../inference/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { applyLabelCounts, type LabelBlock, type MissingLabelsState } from '../domain/randomised/missing-labels.ts';
import { type UnitRule, windowOf } from '../domain/randomised/units.ts';
import type { OutcomeReader, RolloutOutcome, Span } from '../store/outcome-reader.ts';

export interface LabelDependencies {
  readonly outcomes: OutcomeReader;
  readonly counts: Pick<PredictionCounts, 'assigned'>;
  readonly clock: Clock;
}

export interface Place {
  readonly tenant: string;
  readonly model: string;
  readonly rollout: string;
}

/** What was compared before, and until when. */
interface Compared {
  readonly labels: MissingLabelsState;
  /** Minutes of predictions before it are compared; ms since 1970. */
  readonly labelCursor: number;
}

/**
 * Compares the arms by how many of their predictions have an outcome in time, once they are old enough for it. Both sides
 * are counted over the same minutes; where a subject's predictions are one unit, over whole windows.
 *
 * @returns undefined where there is nothing new
 */
export const compareLabels = async (
  { counts, outcomes }: LabelDependencies,
  { tenant, model, rollout }: Place,
  rule: UnitRule,
  { read, now, windowSeconds }: { readonly read: Compared; readonly now: number; readonly windowSeconds: number },
): Promise<Compared | undefined> => {
  const before = minuteOf(windowOf(now - (windowSeconds + countingSeconds) * 1000, rule));
  if (before <= Math.max(read.labelCursor, rule.startedAt)) return undefined;
  const span: Span = { from: read.labelCursor, before };
  const { stages } = await counts.assigned(tenant, model, rollout, span);
  if (stages.length === 0) return undefined;
  const labelled = await countLabelled(outcomes.pages(tenant, model, rollout, span));
  const labels = stages
    .filter(({ stage }) => rule.weights.has(stage))
    .map(({ stage, champion, challenger }): LabelBlock => {
      const counted = labelled.byStage.get(stage) ?? { champion: 0, challenger: 0 };
      return {
        stage,
        champion: atLeast(champion, counted.champion),
        challenger: atLeast(challenger, counted.challenger),
        perSubject: labelled.perSubject,
      };
    })
    .reduce(applyLabelCounts, read.labels);
  return { labels, labelCursor: before };
};

/** A line of the log that came twice or not at all must not make more labels than predictions. */
const atLeast = (assigned: number, labelled: number) => ({ assigned: Math.max(assigned, labelled), labelled });

type ArmCounts = Record<RolloutOutcome['arm'], number>;

const countLabelled = async (
  pages: AsyncIterable<readonly RolloutOutcome[]>,
): Promise<{ byStage: ReadonlyMap<string, ArmCounts>; perSubject: number }> => {
  const byStage = new Map<string, ArmCounts>();
  const bySubject = new Map<string, number>();
  let alone = 0;
  for await (const page of pages) {
    for (const { stage, arm, subject } of page) {
      const counted = byStage.get(stage) ?? { champion: 0, challenger: 0 };
      counted[arm] += 1;
      byStage.set(stage, counted);
      if (subject === undefined) alone += 1;
      else bySubject.set(subject, (bySubject.get(subject) ?? 0) + 1);
    }
  }
  return { byStage, perSubject: effectiveSize([...bySubject.values()], alone) };
};

/**
 * Predictions that hang together, as the variance of a mean has it: Σ m² / Σ m over subjects with m predictions each.
 * Source: Kish, Survey sampling (1965), on the design effect.
 */
const effectiveSize = (sizes: readonly number[], alone: number): number => {
  const [sum, squares] = sizes.reduce(([total, ofSquares], size) => [total + size, ofSquares + size * size], [
    alone,
    alone,
  ] as [number, number]);
  return sum === 0 ? 1 : squares / sum;
};
