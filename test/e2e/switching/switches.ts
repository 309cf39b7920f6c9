import type { Fleet, FleetModel } from '../../../bench/rollback/fleet.ts';
import { until } from '../../../bench/rollback/until.ts';
import { expectAnswer } from '../../../local/demo/tenant.ts';
import type { Look } from './history.ts';

export interface Switched {
  readonly promotions: number;
  readonly rollbacks: number;
  /** By model. */
  readonly looks: ReadonlyMap<string, readonly Look[]>;
}

const lookMilliseconds = 100;

/** Looks at the route all the while. */
const startLooking = (fleet: Fleet, model: string): { readonly looks: Look[]; stop(): Promise<void> } => {
  const looks: Look[] = [];
  let running = true;
  const look = async (): Promise<void> => {
    const params = { path: { model } };
    const { revision } = expectAnswer(await fleet.tenant.app.GET('/v1/models/{model}/current', { params }));
    looks.push({ revision, received: Date.now() });
  };
  const loop = (async () => {
    while (running) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, lookMilliseconds));
    }
    await look();
  })();
  return {
    looks,
    stop: async () => {
      running = false;
      await loop;
    },
  };
};

/**
 * All at once to the challenger, which is promoted, and back to the champion before.
 *
 * @param stay - ms between: longer than any function answers by what it has read, so that an old answer is found out
 */
const switchThereAndBack = async (
  { tenant }: Fleet,
  { name, champion, challenger }: FleetModel,
  stay: number,
): Promise<void> => {
  const params = { path: { model: name } };
  const body = { version: challenger, reason: 'switching', strategy: 'blue-green', bakeSeconds: 0 } as const;
  expectAnswer(await tenant.operator.POST('/v1/models/{model}/rollouts', { params, body }));
  await until(`${challenger} to be the champion of ${name}`, 120, async () => {
    const current = expectAnswer(await tenant.operator.GET('/v1/models/{model}/current', { params }));
    return current.champion === challenger ? current : undefined;
  });
  await new Promise((resolve) => setTimeout(resolve, stay));
  const back = expectAnswer(
    await tenant.operator.POST('/v1/models/{model}/rollback', { params, body: { reason: 'switching back' } }),
  );
  if (back.to !== champion) throw new Error(`Expected ${name} to go back to ${champion}, it went to ${back.to}.`);
};

export interface Pace {
  /** ms for which a promoted challenger serves. */
  readonly stay: number;
  /** Whether the next may begin, after so many that did: the requests are to be spread over all switches. */
  mayBegin(begun: number): boolean;
  /** Told after each. */
  done(ended: number): void;
}

/** Promotes and rolls back, each so many times over all models, while each model's route is looked at. */
export const switchRoutes = async (fleet: Fleet, pairs: number, { stay, mayBegin, done }: Pace): Promise<Switched> => {
  const looking = fleet.models.map(({ name }) => ({ name, ...startLooking(fleet, name) }));
  let begun = 0;
  let ended = 0;
  await Promise.all(
    fleet.models.map(async (model) => {
      while (begun < pairs) {
        const number = begun;
        begun += 1;
        await until('more requests', 600, async () => (mayBegin(number) ? true : undefined));
        await switchThereAndBack(fleet, model, stay);
        ended += 1;
        done(ended);
      }
    }),
  );
  await Promise.all(looking.map(({ stop }) => stop()));
  return { promotions: ended, rollbacks: ended, looks: new Map(looking.map(({ name, looks }) => [name, looks])) };
};
