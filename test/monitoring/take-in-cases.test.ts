import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openRouteReader } from '../../functions/inference/index.ts';
import { type CaseLabelStore, openCaseLabelStore } from '../../functions/monitoring/labels/case-label-store.ts';
import { countCaseLabels } from '../../functions/monitoring/labels/count-case-labels.ts';
import { openPerformanceStore } from '../../functions/monitoring/performance/performance-store.ts';
import { takeInCases } from '../../functions/monitoring/take-in-cases.ts';
import { caseRow, cases, startWorld, type World } from '../rollouts/world.ts';

let world: World;
let dependencies: Parameters<typeof takeInCases>[0];
beforeAll(async () => {
  world = await startWorld();
  dependencies = {
    ...world,
    routes: openRouteReader(world.table),
    performance: openPerformanceStore(world.table),
    labels: openCaseLabelStore(world.table),
  };
}, 120_000);
afterAll(() => world.services.dispose());

const failing = async (): Promise<never> => {
  throw new Error('not today');
};

describe('accepted cases', () => {
  it('are scored where they cannot be counted as labels', async () => {
    const { tenant, model, seal } = await world.begin();
    await seal(cases(30));
    const labels: CaseLabelStore = { ...dependencies.labels, cursor: failing };
    await expect(takeInCases({ ...dependencies, labels }, tenant, model)).rejects.toMatchObject({
      name: 'AggregateError',
      message: 'not today',
    });
    expect(await dependencies.performance.totals(tenant, model, 'v1.0.0')).toMatchObject({ cases: 30 });
  });

  it('are counted as labels where they cannot be scored', async () => {
    const { tenant, model, seal } = await world.begin();
    await seal(cases(30));
    const performance = { ...dependencies.performance, cursor: failing };
    await expect(takeInCases({ ...dependencies, performance }, tenant, model)).rejects.toThrow('not today');
    expect(await dependencies.labels.cursor(tenant, model)).toEqual({ segment: 2, rows: 0 });
  });

  it('are taken in whole where both go well', async () => {
    const { tenant, model, seal } = await world.begin();
    await seal(cases(30));
    expect(await takeInCases(dependencies, tenant, model)).toBe(true);
  });
});

describe('labels of many minutes', () => {
  /** So many cases of predictions a minute apart, and what was asked of the ledger and of the store. */
  const begin = async (count: number) => {
    const { tenant, model, seal } = await world.begin({}, null);
    const made = Date.now() - 20 * 3_600_000;
    const rows = Array.from({ length: count }, (_, index) => ({
      ...caseRow(index),
      receivedAt: new Date().toISOString(),
      prediction: { nonce: `n${index}`, at: new Date(made + index * 60_000).toISOString() },
    }));
    await seal(rows);
    const opened: number[] = [];
    const ledger: typeof world.ledger = {
      ...world.ledger,
      openAfter: (of, name, sequence, limit) => {
        opened.push(sequence);
        return world.ledger.openAfter(of, name, sequence, limit);
      },
    };
    return {
      opened,
      countBy: (labels: CaseLabelStore) => countCaseLabels({ ledger, labels }, tenant, model),
      /** Another counts everything. */
      overtake: () => countCaseLabels(dependencies, tenant, model),
      counted: async () => {
        const days = await dependencies.labels.days(tenant, model, '2026-01-01');
        return days.flatMap(({ delays }) => delays).reduce((sum, some) => sum + some, 0);
      },
    };
  };

  it('are counted from segments that are opened once', async () => {
    const { opened, countBy, counted } = await begin(250);
    expect(await countBy(dependencies.labels)).toBe(true);
    expect(opened).toEqual([0, 10]);
    expect(await counted()).toBe(250);
  });

  it('are read again by who was overtaken, and not written a second time', async () => {
    const { opened, countBy, overtake, counted } = await begin(250);
    const stored: boolean[] = [];
    const labels: CaseLabelStore = {
      ...dependencies.labels,
      add: async (...given) => {
        if (stored.length === 0) await overtake();
        stored.push(await dependencies.labels.add(...given));
        return stored.at(-1) ?? false;
      },
    };
    expect(await countBy(labels)).toBe(true);
    expect({ stored, opened }).toEqual({ stored: [false], opened: [0, 10] });
    expect(await counted()).toBe(250);
  });
});
