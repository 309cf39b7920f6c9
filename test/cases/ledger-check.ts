import { expect } from '@jest/globals';
import type { LedgerRow } from '../../contracts/cases.ts';
import { CaseStatus } from '../../contracts/statuses.ts';
import { openCaseCounts } from '../../functions/cases/ledger/count-cases.ts';
import { openLedger } from '../../functions/cases/ledger/ledger.ts';
import type { World } from './world.ts';

const tallyOf = (names: readonly string[]): Record<string, number> => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries(counts);
};

/**
 * Checks that no case was lost and none counted twice: table, objects, counters and statistics tell the same story.
 *
 * @param ids - of every case that was received
 * @returns the rows of the whole ledger
 */
export const checkLedger = async (
  { table, objects, cases, ledger }: World,
  tenant: string,
  model: string,
  ids: readonly string[],
): Promise<LedgerRow[]> => {
  const stored = await cases.getMany(tenant, model, ids);
  expect(stored.map(({ id }) => id)).toEqual([...ids].sort());
  const segments = await openLedger(table, objects).openAfter(tenant, model, 0, 10_000);
  const rows = segments.flatMap((segment) => segment.rows);
  const accepted = stored.filter(({ status }) => status === CaseStatus.Accepted);
  const quarantined = stored.filter(({ status }) => status === CaseStatus.Quarantined);
  expect(segments.map(({ sequence }) => sequence)).toEqual(segments.map((_, index) => index + 1));
  expect(rows.map(({ id }) => id).sort()).toEqual(accepted.map(({ id }) => id).sort());
  for (const { sequence, rows: held } of segments) {
    for (const { id } of held) expect(accepted.find((found) => found.id === id)?.segment).toBe(sequence);
  }
  const observations = rows.map(({ subject, input }) => JSON.stringify([subject, input]));
  expect(new Set(observations).size).toBe(observations.length);

  const head = await ledger.head(tenant, model);
  expect(head).toMatchObject({
    sequence: segments.length,
    accepted: accepted.length,
    quarantined: quarantined.length,
    holdout: rows.filter(({ split }) => split === 'holdout').length,
    gold: rows.filter(({ split }) => split === 'gold').length,
    labels: tallyOf(rows.flatMap(({ label }) => (typeof label === 'string' ? [label] : []))),
    reasons: tallyOf(quarantined.flatMap(({ reasons }) => reasons)),
  });
  const statistics = await openCaseCounts(table).statistics(tenant, model);
  expect(statistics.received).toBe(ids.length);
  expect(statistics.received).toBe(statistics.accepted + statistics.quarantined + statistics.pending);

  const subjects = rows.flatMap(({ subject }) => subject ?? []);
  const first = await ledger.firstSegments(tenant, model, subjects);
  for (const subject of subjects) {
    const sequence = segments.find(({ rows: held }) => held.some((row) => row.subject === subject))?.sequence;
    expect(first.get(subject)).toBe(sequence);
  }
  const sides = new Map<string, string>();
  // A gold case stands beside the split: its subject keeps the side that it has.
  for (const { subject, split } of rows.filter((row) => row.split !== 'gold'))
    expect(sides.set(subject ?? '', sides.get(subject ?? '') ?? split).get(subject ?? '')).toBe(split);
  return rows;
};
