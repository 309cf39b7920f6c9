import type { VersionPerformance } from '../../../contracts/monitoring.ts';
import type { OutcomeTotals } from '../../inference/index.ts';
import { noTotals, type Totals } from '../domain/tally.ts';
import type { HistoryPoint } from './performance-store.ts';

/** How a version does, as the API shows it. */
export const presentPerformance = (
  version: string,
  totals: Totals = noTotals,
  outcomes: OutcomeTotals | undefined,
  history: readonly HistoryPoint[],
): VersionPerformance => ({
  version,
  ...totals,
  accuracy: totals.cases === 0 ? null : totals.correct / totals.cases,
  outcomes: {
    count: outcomes?.count ?? 0,
    meanReward: outcomes === undefined || outcomes.count === 0 ? null : outcomes.rewards / outcomes.count,
  },
  history: [...history],
});

/** The newest version first. */
export const byVersion = (one: { version: string }, other: { version: string }): number =>
  other.version.localeCompare(one.version, 'en', { numeric: true });
