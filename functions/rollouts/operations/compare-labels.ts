import { minuteMilliseconds } from '../../../contracts/durations.ts';
import { minuteOf } from '../../../contracts/label-delays.ts';
import { countingSeconds } from '../../../contracts/outcome-timing.ts';
import type { PredictionCounts } from '../../inference/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { applyLabelCounts, type LabelBlock, type MissingLabelsState } from '../domain/randomised/missing-labels.ts';
import { type UnitRule, windowOf } from '../domain/randomised/units.ts';
import type { OutcomeReader, RolloutOutcome } from '../store/outcome-reader.ts';
import { takeWholes } from './take-wholes.ts';

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

interface Occasion {
  readonly read: Compared;
  /** Outcomes of predictions before it are evidence; ms since 1970. */
  readonly countedUntil: number;
  readonly now: number;
  readonly windowSeconds: number;
}

interface Comparison {
  /** Undefined where there is nothing new. */
  readonly compared?: Compared;
  /** Whether there is more to compare at once. */
  readonly backlog: boolean;
}

const nothingNew: Comparison = { backlog: false };

/**
 * Compares the arms by how many of their predictions have an outcome in time, once they are old enough for it and
 * evidence. Both sides are counted over the same minutes; where a subject's predictions are one unit, over whole windows.
 * So many are read at once as are of evidence, and the others at the next call.
 */
export const compareLabels = async (
  { counts, outcomes }: LabelDependencies,
  { tenant, model, rollout }: Place,
  rule: UnitRule,
  { read, countedUntil, now, windowSeconds }: Occasion,
): Promise<Comparison> => {
  const { labels, labelCursor: from } = read;
  const ripe = windowOf(now - (windowSeconds + countingSeconds) * 1000, rule);
  const before = minuteOf(Math.min(ripe, countedUntil));
  if (before <= Math.max(from, rule.startedAt)) return nothingNew;
  const labelled = tallyLabelled();
  const pages = outcomes.pages(tenant, model, rollout, { from, before });
  const { until = before } = await takeWholes(pages, minutesOfWindow(rule), labelled.add);
  const stages = await counts.assigned(tenant, model, rollout, { from, before: until });
  const backlog = until < before;
  // The log may be late, so its lines are waited for, but not by what has come behind them.
  if (stages.length === 0 && !backlog) return nothingNew;
  const blocks = stages
    .filter(({ stage }) => rule.weights.has(stage))
    .map(({ stage, champion, challenger }): LabelBlock => {
      const counted = labelled.of(stage);
      return {
        stage,
        champion: countsOfArm(champion, counted.champion),
        challenger: countsOfArm(challenger, counted.challenger),
        perSubject: labelled.perSubject(),
      };
    });
  return { compared: { labels: blocks.reduce(applyLabelCounts, labels), labelCursor: until }, backlog };
};

/**
 * Minutes that are compared together: windows, each from the minute in which it begins.
 *
 *     minutes   |     |     |     |     |     |     |
 *     windows   ---|--------------|--------------|---
 *     together  ^           ^                 ^
 *
 * @returns begin of the first of the minutes that a time's own is compared with
 */
const minutesOfWindow =
  (rule: UnitRule) =>
  (time: number): number =>
    minuteOf(windowOf(minuteOf(time) + minuteMilliseconds - 1, rule));

/** A line of the log that came twice or not at all must not make more labels than predictions. */
const countsOfArm = (assigned: number, labelled: number) => ({ assigned: Math.max(assigned, labelled), labelled });

type ArmCounts = Record<RolloutOutcome['arm'], number>;

/** Counts labels one by one. */
const tallyLabelled = () => {
  const byStage = new Map<string, ArmCounts>();
  const bySubject = new Map<string, number>();
  let alone = 0;
  return {
    add: ({ stage, arm, subject }: RolloutOutcome): void => {
      const counted = byStage.get(stage) ?? { champion: 0, challenger: 0 };
      counted[arm] += 1;
      byStage.set(stage, counted);
      if (subject === undefined) alone += 1;
      else bySubject.set(subject, (bySubject.get(subject) ?? 0) + 1);
    },
    of: (stage: string): Readonly<ArmCounts> => byStage.get(stage) ?? { champion: 0, challenger: 0 },
    perSubject: (): number => effectiveSize(bySubject.values(), alone),
  };
};

/**
 * Predictions that hang together, as the variance of a mean has it: Σ m² / Σ m over subjects with m predictions each.
 * Source: Kish, Survey sampling (1965), on the design effect.
 */
const effectiveSize = (sizes: Iterable<number>, alone: number): number => {
  let [sum, squares] = [alone, alone];
  for (const size of sizes) {
    sum += size;
    squares += size * size;
  }
  return sum === 0 ? 1 : squares / sum;
};
