import type { Fleet, FleetModel } from '../../../bench/rollback/fleet.ts';
import { until } from '../../../bench/rollback/until.ts';
import { expectAnswer } from '../../../client/index.ts';
import type { Look } from './history.ts';

const lookMilliseconds = 100;

/** Looks at the route of one model. */
interface Looking {
  readonly looks: readonly Look[];
  /** @returns the version that serves */
  look(): Promise<string>;
  stop(): Promise<void>;
}

/** Looks at the route all the while. */
const startLooking = (fleet: Fleet, model: string): Looking => {
  const looks: Look[] = [];
  let running = true;
  const look = async (): Promise<string> => {
    const params = { path: { model } };
    const { revision, champion } = expectAnswer(await fleet.tenant.app.GET('/v1/models/{model}/current', { params }));
    looks.push({ revision, received: Date.now() });
    return champion;
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
    look,
    stop: async () => {
      running = false;
      await loop;
    },
  };
};

/** All at once to the challenger, which is promoted, and back to the champion before. */
const switchThereAndBack = async (
  { tenant }: Fleet,
  { name, champion, challenger }: FleetModel,
  { look }: Looking,
  { stay }: Pace,
): Promise<void> => {
  const params = { path: { model: name } };
  const body = { version: challenger, reason: 'switching', strategy: 'blue-green', bakeSeconds: 0 } as const;
  expectAnswer(await tenant.operator.POST('/v1/models/{model}/rollouts', { params, body }));
  await until(`${challenger} to be the champion of ${name}`, 300, async () =>
    (await look()) === challenger ? true : undefined,
  );
  await stay(name);
  const back = expectAnswer(
    await tenant.operator.POST('/v1/models/{model}/rollback', { params, body: { reason: 'switching back' } }),
  );
  if (back.to !== champion) throw new Error(`Expected ${name} to go back to ${champion}, it went to ${back.to}.`);
};

export interface Pace {
  /**
   * Lets the version that was just seen to serve a model go on, until it has answered for longer than any function answers
   * by what it has read: so an old answer is found out.
   */
  stay(model: string): Promise<void>;
  /** Whether the next may begin, after so many that did: the requests are to be spread over all switches. */
  mayBegin(begun: number): boolean;
  /** Told after each. */
  done(ended: number): void;
}

/**
 * Promotes and rolls back, each so many times over all models, while each model's route is looked at.
 *
 * @returns the looks at each model's route
 */
export const switchRoutes = async (
  fleet: Fleet,
  pairs: number,
  pace: Pace,
): Promise<ReadonlyMap<string, readonly Look[]>> => {
  let begun = 0;
  let ended = 0;
  const looks = fleet.models.map(async (model): Promise<[string, readonly Look[]]> => {
    const looking = startLooking(fleet, model.name);
    while (begun < pairs) {
      const number = begun;
      begun += 1;
      await until('more requests', 600, async () => (pace.mayBegin(number) ? true : undefined));
      await switchThereAndBack(fleet, model, looking, pace);
      ended += 1;
      pace.done(ended);
    }
    await looking.look();
    await pace.stay(model.name);
    await looking.stop();
    return [model.name, looking.looks];
  });
  return new Map(await Promise.all(looks));
};
