import { dayMilliseconds } from '../../../contracts/durations.ts';
import { delayEdges } from '../../../contracts/label-delays.ts';
import type { LabelMaturity } from '../../../contracts/monitoring.ts';
import type { RolloutProgress } from '../../../contracts/rollout-progress.ts';
import { ageAt, type Cohort, type CurvePoint, estimateDelays, shareBy } from './delay-curve.ts';
import { expectVerdict } from './expected-verdict.ts';
import { type LabelDay, matureDays } from './label-days.ts';

/** What is known of a model's labels. */
export interface KnownLabels {
  readonly model: string;
  /** Of the last months, the oldest first. */
  readonly days: readonly LabelDay[];
  readonly cohorts: readonly Cohort[];
  readonly windowSeconds: number;
  /** Whether labels enter the evidence by the window. */
  readonly byWindow: boolean;
  /** Cases that name no prediction, among the labels of the days. */
  readonly unattributed: number;
  readonly rollout: RolloutProgress | undefined;
}

const shownDays = 30;
/** Days whose labels make the rate at which labels come. */
const ratedDays = 28;
/** Of labels that a window has to cover, or evidence is biased to those that come soon. */
const wantedCover = 0.98;

/** How long labels take, and when there will be enough of them. */
export const describeMaturity = (known: KnownLabels, now: number): LabelMaturity => {
  const delays = estimateDelays(known.cohorts, delayEdges, now);
  const oldest = delays.at(-1)?.seconds ?? 0;
  // What is relative to labels within the window says nothing about those beyond it.
  const windowCovers = oldest > known.windowSeconds ? shareBy(delays, known.windowSeconds) : null;
  return {
    model: known.model,
    days: matureDays(
      known.days.filter(({ predictions, labelled }) => predictions + labelled > 0).slice(-shownDays),
      delays,
      now,
    ),
    delays,
    medianSeconds: ageAt(delays, 0.5),
    windowSeconds: known.windowSeconds,
    windowCovers,
    ...(known.rollout === undefined
      ? {}
      : { verdict: expectVerdict(known.rollout, labelsPerDay(known.days, now), now) }),
    warnings: warningsOf(known, delays, windowCovers),
  };
};

/** Labels a day, of those days; a first day that has just begun counts as a whole one. */
const labelsPerDay = (days: readonly LabelDay[], now: number): number => {
  const rated = days.filter(({ day }) => now - Date.parse(day) < ratedDays * dayMilliseconds);
  const first = rated[0];
  if (first === undefined) return 0;
  const spanned = Math.max(1, (now - Date.parse(first.day)) / dayMilliseconds);
  return rated.reduce((sum, { labelled }) => sum + labelled, 0) / spanned;
};

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;

const warningsOf = (
  { byWindow, windowSeconds, unattributed, days }: KnownLabels,
  delays: readonly CurvePoint[],
  windowCovers: number | null,
): string[] => {
  const oldest = delays.at(-1)?.seconds;
  const warnings: string[] = [];
  if (oldest === undefined) {
    warnings.push('No label has come yet whose delay could be learnt from.');
  } else if (byWindow && windowCovers === null) {
    warnings.push(
      `Labels have been followed for ${oldest} s, no longer than the window of ${windowSeconds} s: what it covers is not known yet.`,
    );
  }
  if (byWindow && windowCovers !== null && windowCovers < wantedCover) {
    warnings.push(
      `The window of ${windowSeconds} s covers ${percent(windowCovers)} of labels, and ${percent(wantedCover)} is needed for fair evidence: set policies.outcomes.windowSeconds to ${Math.ceil(ageAt(delays, wantedCover) ?? 0)} or more.`,
    );
  }
  if (unattributed > 0) {
    warnings.push(
      `${unattributed} cases name no predictionId: they count for the day on which they came, and nothing is learnt of their delay.`,
    );
  }
  const surplus = days.filter(({ predictions, labelled }) => labelled > predictions).length;
  if (surplus > 0) {
    warnings.push(
      `On ${surplus} days there are more labels than predictions were counted: the log of predictions may lag, or cases have other sources.`,
    );
  }
  return warnings;
};
