import type * as z from 'zod';
import type { Performance } from '../../contracts/monitoring.ts';
import type { Outcomes, RouteReader } from '../inference/index.ts';
import { emptyTally } from './domain/tally.ts';
import type { PerformanceStore } from './store/performance.ts';

export interface ReadDependencies {
  readonly routes: RouteReader;
  readonly outcomes: Outcomes;
  readonly performance: PerformanceStore;
}

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** How each version of a model does; the one that served first comes first. */
export const readPerformance = async (
  { routes, outcomes, performance }: ReadDependencies,
  tenant: string,
  model: string,
): Promise<z.infer<typeof Performance>> => {
  const [route, scored, rewarded] = await Promise.all([
    routes.get(tenant, model),
    performance.totals(tenant, model),
    outcomes.totals(tenant, model),
  ]);
  const names = [...new Set([...scored, ...rewarded].map(({ version }) => version))].sort((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  );
  const versions = await Promise.all(
    names.map(async (version) => {
      const { cases, correct, failures, confusion } =
        scored.find((one) => one.version === version)?.tally ?? emptyTally;
      const { count = 0, rewards = 0 } = rewarded.find((one) => one.version === version) ?? {};
      return {
        version,
        cases,
        correct,
        failures,
        accuracy: share(correct, cases),
        outcomes: { count, meanReward: share(rewards, count) },
        confusion: Object.fromEntries(Object.entries(confusion).map(([label, row]) => [label, { ...row }])),
        history: await performance.history(tenant, model, version),
      };
    }),
  );
  return {
    model,
    ...(route === undefined ? {} : { champion: route.champion.version }),
    ...(route?.challenger === undefined ? {} : { challenger: route.challenger.version }),
    versions,
  };
};
