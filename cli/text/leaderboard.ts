import type { Schemas } from '../../client/index.ts';
import { columns } from './columns.ts';
import { short } from './numbers.ts';

type Entry = NonNullable<Schemas['Version']['leaderboard']>[number];

const entriesShown = 10;

const kilobytes = (bytes: number | null): string => (bytes === null ? '–' : `${short(bytes / 1024)} KB`);
const seconds = (value: number | null): string => (value === null ? '–' : `${short(value)} s`);

const optimistic = '*';

const cellsOf = ({
  algorithm,
  status,
  mean,
  standardError,
  fitSeconds,
  predictMilliseconds,
  bytes,
  ...entry
}: Entry): string[] => [
  algorithm,
  mean === null ? status : `${short(mean, 4)}${entry.optimistic === true ? optimistic : ''}`,
  standardError === null ? '' : `±${short(standardError, 2)}`,
  seconds(fitSeconds),
  predictMilliseconds === null ? '–' : `${short(predictMilliseconds)} ms`,
  kilobytes(bytes),
];

/** What the search tried: score and its error, time to fit and to predict 1,000 cases, size. */
export const leaderboardText = (entries: readonly Entry[]): string => {
  const heading = ['algorithm', 'score', '', 'fitted in', '1,000 in', 'size'];
  const shown = entries.slice(0, entriesShown);
  const rows = shown.map(cellsOf);
  const others = entries.length - rows.length;
  const table = columns([heading, ...rows], ['left', 'right', 'left', 'right', 'right', 'right']);
  return [
    table,
    ...(others > 0 ? [`and ${others} more`] : []),
    ...(shown.some((entry) => entry.optimistic === true)
      ? [`${optimistic} scored by the cases that stopped it early too: it looks better than it is`]
      : []),
  ].join('\n');
};
