import { expectAnswer } from '../../client/index.ts';
import type { Rollout } from '../../contracts/rollouts.ts';
import { RolloutStatus } from '../../contracts/statuses.ts';
import { EvidenceKind } from '../../contracts/verdicts.ts';
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

/** Waits for the first version of a model to be its champion. */
export const awaitFirstChampion = ({ timeline, acme, model }: Observed, version: string): Promise<void> =>
  timeline.until('the first version to serve', 30, async () => {
    const { data } = await acme.app.GET('/v1/models/{model}/current', { params: { path: { model } } });
    return data?.champion === version ? { done: undefined } : { waiting: `waiting for ${version} to serve` };
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

const sides = [
  { name: 'promotion', value: 'eValuePromote', threshold: 'thresholdPromote' },
  { name: 'rollback', value: 'eValueRollback', threshold: 'thresholdRollback' },
] as const;

/** How a running rollout stands, in a line. */
export const standing = ({ version, stage, pairs, units = 0, evidence: kind, verdict }: Rollout): string => {
  const samples = kind === EvidenceKind.Randomised ? `${units} units` : `${pairs} pairs`;
  const evidence = sides.flatMap(({ name, value, threshold }) => {
    const [reached, needed] = [verdict?.numbers[value], verdict?.numbers[threshold]];
    if (typeof reached !== 'number' || typeof needed !== 'number') return [];
    return [`${reached.toPrecision(2)} of ${Number(needed.toPrecision(3))} for ${name}`];
  });
  return `${version} at ${stage}: ${samples}; ${evidence.length === 0 ? 'no evidence yet' : `evidence ${evidence.join(', ')}`}`;
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
    return { waiting: standing(rollout) };
  });
  world.timeline.event(
    `${ended.version} ${ended.status} after ${(ended.seconds ?? 0).toFixed(1)} s: ${ended.endReason ?? ended.end}`,
  );
  return ended;
};
