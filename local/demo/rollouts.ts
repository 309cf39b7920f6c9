import type { Rollout } from '../../contracts/rollouts.ts';
import { RolloutStatus } from '../../contracts/statuses.ts';
import { expectAnswer } from './tenant.ts';
import { model, type World } from './world.ts';

const ofModel = { params: { path: { model } } };

export const listRollouts = async (world: World): Promise<Rollout[]> =>
  expectAnswer(
    await world.acme.operator.GET('/v1/models/{model}/rollouts', {
      params: { path: { model }, query: { limit: 100 } },
    }),
  ).items as Rollout[];

export const getRollout = async (world: World, id: string): Promise<Rollout> =>
  expectAnswer(
    await world.acme.operator.GET('/v1/models/{model}/rollouts/{rollout}', {
      params: { path: { model, rollout: id } },
    }),
  ) as Rollout;

/** Waits for the rollout of a version to begin. */
export const awaitRollout = (world: World, version: string): Promise<Rollout> =>
  world.timeline.until(`a rollout of ${version}`, 60, async () => {
    const rollout = (await listRollouts(world)).find((one) => one.version === version);
    return rollout === undefined ? { waiting: `waiting for the rollout of ${version}` } : { done: rollout };
  });

export const deploy = async (
  world: World,
  body: { version: string; reason: string; overrideGate?: boolean; stages?: Rollout['policy']['stages'] },
): Promise<Rollout> =>
  expectAnswer(
    await world.acme.operator.POST('/v1/models/{model}/rollouts', {
      ...ofModel,
      body: { overrideGate: false, ...body },
    }),
  ) as Rollout;

const summary = ({ version, stage, pairs, verdict }: Rollout): string => {
  const numbers = verdict?.numbers ?? {};
  const evidence = (name: string): string => {
    const value = numbers[name];
    return typeof value === 'number' ? value.toPrecision(2) : '1';
  };
  return (
    `${version} at ${stage}: ${pairs} pairs; evidence ${evidence('eValuePromote')} of 20 for promotion, ` +
    `${evidence('eValueRollback')} of 10 for rollback`
  );
};

/**
 * Follows a rollout to its end and tells each stage.
 *
 * @param feed - called while the rollout runs, to bring more evidence
 */
export const followRollout = async (
  world: World,
  id: string,
  seconds: number,
  feed: (rollout: Rollout) => Promise<void>,
): Promise<Rollout> => {
  let stage = '';
  const ended = await world.timeline.until(`rollout ${id} to end`, seconds, async () => {
    const rollout = await getRollout(world, id);
    const entered = rollout.stages.find(({ name }) => name === rollout.stage);
    if (entered !== undefined && entered.name !== stage) {
      stage = entered.name;
      world.timeline.event(`${rollout.version} enters ${stage}: ${entered.weight}% of requests`);
    }
    if (rollout.status !== RolloutStatus.Running) return { done: rollout };
    await feed(rollout);
    return { waiting: summary(rollout) };
  });
  world.timeline.event(
    `${ended.version} ${ended.status} after ${(ended.seconds ?? 0).toFixed(1)} s: ${ended.endReason ?? ended.end}`,
  );
  return ended;
};
