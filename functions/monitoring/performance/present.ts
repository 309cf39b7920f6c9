import type { VersionPerformance } from '../../../contracts/monitoring.ts';
import { type DayTotals, summariseOutcomes } from '../domain/outcome-summary.ts';
import { noTotals, type Totals } from '../domain/tally.ts';
import type { HistoryPoint } from './performance-store.ts';

/** How a version does, as the API shows it. */
export const presentPerformance = (
  version: string,
  { absoluteError, ...totals }: Totals = noTotals,
  outcomeDays: readonly DayTotals[],
  history: readonly HistoryPoint[],
): VersionPerformance => ({
  version,
  ...totals,
  accuracy: totals.cases === 0 ? null : totals.correct / totals.cases,
  ...(absoluteError === undefined ? {} : { meanAbsoluteError: absoluteError / (totals.cases - totals.failures) }),
  outcomes: summariseOutcomes(outcomeDays),
  history: [...history],
});

/** Compares names of versions. */
export const newestFirst = (one: string, other: string): number => other.localeCompare(one, 'en', { numeric: true });
