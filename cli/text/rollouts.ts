import type { Schemas } from '../../client/index.ts';
import { columns } from './columns.ts';
import { duration } from './numbers.ts';
import { minute, olderLine, shortened } from './page.ts';

type Rollout = Schemas['Rollout'];

const row = ({ id, version, kind, status, stage, pairs, units, startedAt, seconds, waitsFor }: Rollout): string[] => [
  id,
  version,
  kind,
  status,
  stage,
  units === undefined ? `${pairs} pairs` : `${units} units`,
  minute(startedAt),
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
        ...olderLine(nextCursor),
      ].join('\n');
