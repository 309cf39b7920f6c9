/** What stops a comparison that is not fair: arms of the wrong size, labels missing in one arm. */
import type { AlarmStudy } from '../analysis.ts';
import { evaluateEvery, horizon } from './parts.ts';

const alarm = (name: string, runs: number, lost: number, challengersMissing: number): AlarmStudy => ({
  evidence: 'alarms',
  name,
  runs,
  horizon,
  every: evaluateEvery,
  lost,
  missing: { champion: 0.05, challenger: challengersMissing },
});

/** @param runs - of a rate. @param medianRuns - of a size */
export const alarmStudies = (runs: number, medianRuns: number): AlarmStudy[] => [
  alarm('alarms: nothing wrong', runs, 0, 0.05),
  alarm('alarms: challenger loses 10%', medianRuns, 0.1, 0.05),
  alarm('alarms: challenger loses 30%', medianRuns, 0.3, 0.05),
  alarm('alarms: labels missing 10%', medianRuns, 0, 0.1),
  alarm('alarms: labels missing 20%', medianRuns, 0, 0.2),
];
