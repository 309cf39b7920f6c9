import type { Schemas } from '../../client/index.ts';
import { columns } from './columns.ts';
import { dollars, duration } from './numbers.ts';
import { minute, olderLine, type Page, shortened } from './page.ts';

type Job = Schemas['TrainingJob'];

const row = ({ id, status, trigger, version, createdAt, cost, seconds, waiting, failure }: Job): string[] => [
  id,
  status,
  trigger,
  version ?? '–',
  minute(createdAt),
  dollars(cost.spent),
  seconds === undefined ? '' : duration(seconds),
  shortened(waiting?.detail ?? failure ?? ''),
];

/** A page of trainings. */
export const jobsText = ({ items, nextCursor }: Page<Job>): string =>
  items.length === 0
    ? 'no trainings yet'
    : [
        columns([
          ['job', 'status', 'began by', 'version', 'asked for (UTC)', 'cost', 'took', 'waits for, or why it failed'],
          ...items.map(row),
        ]),
        ...olderLine(nextCursor),
      ].join('\n');
