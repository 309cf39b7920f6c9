import { expectAnswer } from '../../client/index.ts';
import { JobStatus } from '../../contracts/statuses.ts';
import { type Fleet, train } from './fleet.ts';
import { until } from './until.ts';

/** The time in which a training ran; ms since 1970. */
interface Ran {
  readonly from: number;
  readonly to: number;
}

/** One training after the other, on each model in turn. */
export interface TrainingLoad {
  /** Resolves while a training runs. */
  running(): Promise<void>;
  /** Lets the last training end. @returns when trainings ran, as the platform kept it */
  stop(): Promise<Ran[]>;
}

const firstSeed = 100;

const isRunning = async ({ tenant, models }: Fleet): Promise<boolean> => {
  for (const { name } of models) {
    const params = { path: { model: name }, query: { limit: 1 } };
    const { items } = expectAnswer(await tenant.operator.GET('/v1/models/{model}/training-jobs', { params }));
    if (items[0]?.status === JobStatus.Running) return true;
  }
  return false;
};

const readRuns = async ({ tenant, models }: Fleet): Promise<Ran[]> => {
  const lists = await Promise.all(
    models.map(async ({ name }) => {
      const params = { path: { model: name }, query: { limit: 100 } };
      return expectAnswer(await tenant.operator.GET('/v1/models/{model}/training-jobs', { params })).items;
    }),
  );
  return lists
    .flat()
    .flatMap(({ startedAt, endedAt }) =>
      startedAt === undefined || endedAt === undefined
        ? []
        : [{ from: Date.parse(startedAt), to: Date.parse(endedAt) }],
    );
};

export const startTrainingLoad = (fleet: Fleet): TrainingLoad => {
  let wanted = true;
  const loop = (async () => {
    for (let seed = firstSeed; wanted; seed += 1) {
      const { name = '' } = fleet.models[seed % fleet.models.length] ?? {};
      await train(fleet.tenant, name, seed);
    }
  })();
  // A training that fails is told by `stop`.
  loop.catch(() => undefined);
  return {
    running: async () => {
      await until('a training to run', 120, async () => ((await isRunning(fleet)) ? true : undefined));
    },
    stop: async () => {
      wanted = false;
      await loop;
      return readRuns(fleet);
    },
  };
};
