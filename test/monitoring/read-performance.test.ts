import { describe, expect, it } from '@jest/globals';
import { Performance } from '../../contracts/monitoring.ts';
import type { Route } from '../../contracts/route-item.ts';
import { noTotals } from '../../functions/monitoring/domain/tally.ts';
import { openReadPerformance } from '../../functions/monitoring/performance/read-performance.ts';
import { servable } from '../rollouts/specimens.ts';

const clock = { now: () => Date.parse('2026-04-01T10:00:00.000Z') };

/** A model of which so many versions were scored; v1.0.0 is its oldest. */
const read = async (count: number, serving: Pick<Route, 'champion'> & Partial<Route>) => {
  const asked: { histories: string[]; from: string[] } = { histories: [], from: [] };
  const readPerformance = openReadPerformance({
    models: { get: async () => ({}) as never },
    routes: { get: async () => serving as Route },
    performance: {
      all: async () =>
        Array.from({ length: count }, (_, number) => ({
          version: `v1.${number}.0`,
          totals: { ...noTotals, cases: 1 },
        })),
      history: async (_, __, version) => {
        asked.histories.push(version);
        return [];
      },
    },
    outcomes: {
      days: async (_, __, from) => {
        asked.from.push(from);
        return [];
      },
    },
    clock,
  });
  const { versions } = Performance.parse(await readPerformance('acme', 'diagnosis'));
  return { asked, versions: versions.map(({ version }) => version) };
};

const numbers = (from: number, until: number): string[] =>
  Array.from({ length: from - until + 1 }, (_, index) => `v1.${from - index}.0`);

describe('the performance of a model', () => {
  it('is of all its versions while they are few, the newest first', async () => {
    const { versions } = await read(12, { champion: servable(11) });
    expect(versions).toEqual(numbers(11, 0));
  });

  it('is of the newest and of those that serve, and of the others no history is read', async () => {
    const rivals = [{ servable: servable(3), weight: 100 }];
    const { versions, asked } = await read(40, { champion: servable(1), challenger: servable(2), rivals });
    expect(versions).toEqual([...numbers(39, 20), 'v1.3.0', 'v1.2.0', 'v1.1.0']);
    expect(asked.histories.sort()).toEqual([...versions].sort());
  });

  it('takes the outcomes of ninety days, today’s among them', async () => {
    const { asked } = await read(1, { champion: servable(0) });
    expect(asked.from).toEqual(['2026-01-02']);
    expect(Date.parse('2026-04-01') - Date.parse('2026-01-02')).toBe(89 * 86_400_000);
  });
});
