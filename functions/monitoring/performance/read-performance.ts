import type * as z from 'zod';
import { dayMilliseconds } from '../../../contracts/durations.ts';
import { dayOf } from '../../../contracts/label-delays.ts';
import type { Performance } from '../../../contracts/monitoring.ts';
import type { OutcomeSums, RouteReader } from '../../inference/index.ts';
import type { Models } from '../../models/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { notFound } from '../../platform/errors.ts';
import type { PerformanceStore } from './performance-store.ts';
import { newestFirst, presentPerformance } from './present.ts';

interface Dependencies {
  readonly models: Pick<Models, 'get'>;
  readonly routes: RouteReader;
  readonly performance: Pick<PerformanceStore, 'all' | 'history'>;
  readonly outcomes: Pick<OutcomeSums, 'days'>;
  readonly clock: Clock;
}

/** @throws Problem `not-found` */
export type ReadPerformance = (tenant: string, model: string) => Promise<z.infer<typeof Performance>>;

/** Days of outcomes, today's among them. */
const shownDays = 90;
/** The newest, besides those that serve: each costs a query for its history. */
const shownVersions = 20;
/** Of a version's history. */
const shownPoints = 500;

export const openReadPerformance =
  ({ models, routes, performance, outcomes, clock }: Dependencies): ReadPerformance =>
  async (tenant, model) => {
    if ((await models.get(tenant, model)) === undefined) throw notFound(`a model ${model}`);
    const from = dayOf(clock.now() - (shownDays - 1) * dayMilliseconds);
    const [route, scored, rewarded] = await Promise.all([
      routes.get(tenant, model),
      performance.all(tenant, model),
      outcomes.days(tenant, model, from),
    ]);
    const { champion, challenger, rivals = [] } = route ?? {};
    const serving = [champion, challenger, ...rivals.map(({ servable }) => servable)].map((one) => one?.version);
    const known = [...new Set([...scored, ...rewarded].map(({ version }) => version))].sort(newestFirst);
    const shown = known.filter((version, index) => index < shownVersions || serving.includes(version));
    const versions = await Promise.all(
      shown.map(async (version) =>
        presentPerformance(
          version,
          scored.find((totals) => totals.version === version)?.totals,
          rewarded.filter((totals) => totals.version === version),
          await performance.history(tenant, model, version, shownPoints),
        ),
      ),
    );
    return { model, champion: champion?.version, challenger: challenger?.version, versions };
  };
