import type { Schemas } from '../../client/index.ts';
import { columns } from './columns.ts';
import { duration } from './numbers.ts';

type Rollout = Schemas['Rollout'];

const longestWait = 60;

const shortened = (text: string): string => (text.length > longestWait ? `${text.slice(0, longestWait - 1)}…` : text);

const row = ({ id, version, kind, status, stage, pairs, units, startedAt, seconds, waitsFor }: Rollout): string[] => [
  id,
  version,
  kind,
  status,
  stage,
  units === undefined ? `${pairs} pairs` : `${units} units`,
  startedAt.slice(0, 16).replace('T', ' '),
  seconds === undefined ? shortened(waitsFor ?? '') : duration(seconds),
];

/** A page of rollouts, for a person. */
export const rolloutsText = ({ items, nextCursor }: { items: readonly Rollout[]; nextCursor?: string | undefined }) =>
  items.length === 0
    ? 'no rollouts yet'
    : [
        columns([
          ['rollout', 'version', 'kind', 'status', 'stage', 'samples', 'started (UTC)', 'took, or waits for'],
          ...items.map(row),
        ]),
        ...(nextCursor === undefined ? [] : [`… older ones: --cursor ${nextCursor}`]),
      ].join('\n');
