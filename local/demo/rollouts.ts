import type { Rollout } from '../../contracts/rollouts.ts';
import { RolloutStatus } from '../../contracts/statuses.ts';
import { EvidenceKind } from '../../contracts/verdicts.ts';
import { expectAnswer } from './tenant.ts';
import type { Observed } from './world.ts';

export const listRollouts = async ({ acme, model }: Observed): Promise<Rollout[]> =>
  expectAnswer(
    await acme.operator.GET('/v1/models/{model}/rollouts', {
      params: { path: { model }, query: { limit: 100 } },
    }),
  ).items as Rollout[];

export const getRollout = async ({ acme, model }: Observed, id: string): Promise<Rollout> =>
  expectAnswer(
    await acme.operator.GET('/v1/models/{model}/rollouts/{rollout}', {
      params: { path: { model, rollout: id } },
    }),
  ) as Rollout;

/** Waits for the rollout of a version to begin. */
export const awaitRollout = (world: Observed, version: string): Promise<Rollout> =>
  world.timeline.until(`a rollout of ${version}`, 60, async () => {
    const rollout = (await listRollouts(world)).find((one) => one.version === version);
    return rollout === undefined ? { waiting: `waiting for the rollout of ${version}` } : { done: rollout };
  });

export const deploy = async (
  { acme, model }: Observed,
  body: { version: string; reason: string; overrideGate?: boolean; stages?: Rollout['policy']['stages'] },
): Promise<Rollout> =>
  expectAnswer(
    await acme.operator.POST('/v1/models/{model}/rollouts', {
      params: { path: { model } },
      body: { overrideGate: false, ...body },
    }),
  ) as Rollout;

const summary = ({ version, stage, pairs, units = 0, evidence: kind, verdict }: Rollout): string => {
  const numbers = verdict?.numbers ?? {};
  const samples = kind === EvidenceKind.Randomised ? `${units} units` : `${pairs} pairs`;
  const evidence = (name: string): string => {
    const value = numbers[name];
    return typeof value === 'number' ? value.toPrecision(2) : '1';
  };
  return (
    `${version} at ${stage}: ${samples}; evidence ${evidence('eValuePromote')} of 20 for promotion, ` +
    `${evidence('eValueRollback')} of 10 for rollback`
  );
};

/**
 * Follows a rollout to its end and tells each stage.
 *
 * @param feed - called while the rollout runs, to bring more evidence
 */
export const followRollout = async (
  world: Observed,
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
