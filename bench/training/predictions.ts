import { expectAnswer } from '../../client/index.ts';
import { JobStatus } from '../../contracts/statuses.ts';
import type { Log } from '../../local/log.ts';
import { until } from '../rollback/until.ts';
import { model, readJob, startTraining, trained, type World } from './world.ts';

/** Milliseconds of single predictions through the API, round by round. */
export interface Predictions {
  readonly idle: readonly (readonly number[])[];
  readonly training: readonly (readonly number[])[];
}

/** A search that has work for as long as predictions are measured, and longer. */
const long = { seconds: 45, trials: 10_000 };

const predict = async ({ tenant, inputs }: World, number: number): Promise<number> => {
  const input = inputs[number % inputs.length] ?? {};
  const started = performance.now();
  const params = { path: { model } };
  expectAnswer(await tenant.app.POST('/v1/models/{model}/predictions', { params, body: { input } }));
  return performance.now() - started;
};

const predictAll = async (world: World, count: number): Promise<number[]> => {
  const times: number[] = [];
  for (let number = 0; number < count; number += 1) times.push(await predict(world, number));
  return times;
};

/** @throws Error where the training was over before the predictions: they would not have met it */
const besideTraining = async (world: World, seed: number, count: number): Promise<number[]> => {
  const { tenant } = world;
  const job = await startTraining(tenant, seed, long);
  await until('the search of the training to begin', 120, async () =>
    (await readJob(tenant, job.id)).progress?.phase === 'search' ? true : undefined,
  );
  const times = await predictAll(world, count);
  const { status } = await readJob(tenant, job.id);
  if (status !== JobStatus.Running) throw new Error(`Expected the training to outlast ${count} predictions.`);
  await trained(tenant, job);
  return times;
};

/** Predicts one after the other, while nothing else goes on and while a training runs, in turn. */
export const measurePredictions = async (
  world: World,
  rounds: number,
  count: number,
  log: Log,
): Promise<Predictions> => {
  const idle: number[][] = [];
  const training: number[][] = [];
  await predictAll(world, 50);
  for (let round = 1; round <= rounds; round += 1) {
    log(`predictions beside a training, round ${round} of ${rounds}`);
    idle.push(await predictAll(world, count));
    training.push(await besideTraining(world, 200 + round, count));
  }
  return { idle, training };
};
