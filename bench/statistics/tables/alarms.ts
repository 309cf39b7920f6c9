import type { Figures } from '../pool.ts';
import { createTable, medianCell, rateCell, type Table } from './cells.ts';

const rows = [
  ['nothing is wrong', 'nothing wrong'],
  ['10% of the challenger’s predictions are lost', 'challenger loses 10%'],
  ['30% of the challenger’s predictions are lost', 'challenger loses 30%'],
  ['5% of the champion’s labels are missing, 10% of the challenger’s', 'labels missing 10%'],
  ['5% of the champion’s labels are missing, 20% of the challenger’s', 'labels missing 20%'],
] as const;

export const alarmTable = (figures: Figures): Table =>
  createTable(
    'How soon an unfair comparison is noticed',
    ['truth, on the ramp', 'split: alarms', 'median', 'labels: alarms', 'median'],
    rows.map(([truth, study]) => [
      truth,
      ...['split', 'labels'].flatMap((figure) => {
        const place = [`alarms: ${study}`, figure] as const;
        return [rateCell(figures, place), medianCell(figures, place)];
      }),
    ]),
  );
