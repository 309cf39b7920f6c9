import type { Schemas } from '../../client/index.ts';
import { VersionStatus } from '../../contracts/statuses.ts';
import { leaderboardText } from './leaderboard.ts';
import { gateText } from './training.ts';

/** What a training has made: why the gate rejects it, if it does, and what the search tried. */
export const versionText = ({
  version,
  status,
  gate,
  leaderboard = [],
}: Pick<Schemas['Version'], 'version' | 'status' | 'gate' | 'leaderboard'>): string[] => [
  ...(status === VersionStatus.Rejected ? [`${version} is rejected:`, ...gateText({ gate })] : []),
  ...(leaderboard.length === 0 ? [] : [leaderboardText(leaderboard)]),
];
