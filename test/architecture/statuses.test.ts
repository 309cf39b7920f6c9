import { describe, expect, it } from '@jest/globals';
import {
  CaseStatus,
  caseTransitions,
  JobStatus,
  jobTransitions,
  RolloutStatus,
  rolloutTransitions,
  VersionStatus,
  versionTransitions,
} from '../../contracts/statuses.ts';

const tables = [
  { what: 'case', statuses: CaseStatus, transitions: caseTransitions, first: CaseStatus.Received },
  { what: 'job', statuses: JobStatus, transitions: jobTransitions, first: JobStatus.Queued },
  { what: 'version', statuses: VersionStatus, transitions: versionTransitions, first: VersionStatus.Staging },
  { what: 'rollout', statuses: RolloutStatus, transitions: rolloutTransitions, first: RolloutStatus.Running },
] as const;

/** Every status that can come of one. */
const reachable = (transitions: Readonly<Record<string, readonly string[]>>, first: string): Set<string> => {
  const found = new Set([first]);
  for (const status of found) for (const next of transitions[status] ?? []) found.add(next);
  return found;
};

describe.each(tables)('the statuses of a $what', ({ statuses, transitions, first }) => {
  it('can all come of the first', () => {
    expect([...reachable(transitions, first)].sort()).toEqual(Object.values(statuses).sort());
  });

  it('never become themselves', () => {
    const loops = Object.entries(transitions).filter(([from, to]) => (to as readonly string[]).includes(from));
    expect(loops).toEqual([]);
  });
});
