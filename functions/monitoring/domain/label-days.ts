import { dayMilliseconds } from '../../../contracts/durations.ts';
import type { LabelMaturity } from '../../../contracts/monitoring.ts';
import { type CurvePoint, shareBy } from './delay-curve.ts';

/** One day's predictions, and those of them that have their label. */
export interface LabelDay {
  /** UTC. */
  readonly day: string;
  readonly predictions: number;
  readonly labelled: number;
}

/** Predictions are taken to come evenly over the day: the age is looked at in so many places of it. */
const places = 48;

/** Share of labels that has come of a day's predictions, whose ages differ by up to a day. */
const shareOfDay = (curve: readonly CurvePoint[], day: string, now: number): number => {
  const begin = Date.parse(day);
  const length = Math.min(dayMilliseconds, Math.max(0, now - begin));
  let sum = 0;
  for (let place = 0; place < places; place += 1) {
    const madeAt = begin + ((place + 0.5) / places) * length;
    sum += shareBy(curve, (now - madeAt) / 1000);
  }
  return sum / places;
};

/**
 * What share of each day's predictions has its label, and will have. Of a young day too little has come to go by, so
 * what is still to come is taken from the share of all days together, as the Cape Cod method has it: Stanard, PCAS 72
 * (1985), 124–148, who credits Bühlmann. Valid where that share does not change from day to day.
 *
 * @param curve - learnt; empty where nothing was learnt yet
 */
export const matureDays = (
  days: readonly LabelDay[],
  curve: readonly CurvePoint[],
  now: number,
): LabelMaturity['days'] => {
  const known = days.map((day) => ({ ...day, come: curve.length === 0 ? 0 : shareOfDay(curve, day.day, now) }));
  const exposed = known.reduce((sum, { predictions, come }) => sum + predictions * come, 0);
  const labelled = known.reduce((sum, day) => sum + day.labelled, 0);
  const overall = exposed === 0 ? undefined : Math.min(1, labelled / exposed);
  return known.map(({ come, ...day }) => ({
    ...day,
    share: shareOf(day.labelled, day.predictions),
    expectedShare:
      overall === undefined ? null : shareOf(day.labelled + day.predictions * overall * (1 - come), day.predictions),
  }));
};

/** Lines of the log are counted a little later than labels may come: for a moment there may be more labels. */
const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : Math.min(1, part / whole));
