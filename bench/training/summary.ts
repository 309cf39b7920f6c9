import { median, pairedRatio } from '../quantiles.ts';
import { judge, type Result } from '../report.ts';
import type { Overhead } from './overhead.ts';
import type { Predictions } from './predictions.ts';
import type { Training } from './program.ts';
import type { Sharing } from './sharing.ts';

export interface Figures {
  readonly overhead: readonly Overhead[];
  readonly large: Training;
  readonly sharing: Sharing;
  readonly predictions: Predictions;
}

const seconds = { unit: 's', bound: 'at most' } as const;
const times = { unit: '×', bound: 'at most' } as const;

/** @param size - of the large table, such as 60,000 × 50 */
export const judgeFigures = ({ overhead, large, sharing, predictions }: Figures, size: string): Result[] => [
  judge(
    { id: 'overhead.before', what: 'trigger to the first line of the program, median', gate: 10, ...seconds },
    median(overhead.map(({ before }) => before)),
  ),
  judge(
    { id: 'overhead.after', what: 'last line to the registered version, median', gate: 10, ...seconds },
    median(overhead.map(({ after }) => after)),
  ),
  judge(
    { id: 'memory', what: `peak memory of a training on ${size}`, unit: 'MB', bound: 'at most', gate: 2000 },
    large.peakBytes / 1e6,
  ),
  judge(
    // Two that share fairly take twice as long as one that uses both cores, and no longer than one that uses one.
    { id: 'sharing', what: 'two trainings at once on two cores, to one alone', gate: 2.5, ...times },
    pairedRatio(sharing.together, sharing.alone),
  ),
  judge(
    { id: 'predictions', what: 'p50 of a prediction during a training, to idle', gate: 2, ...times },
    pairedRatio(predictions.training.map(median), predictions.idle.map(median)),
  ),
];
