import type { Rollout } from '../../contracts/rollouts.ts';
import { feedOfCases, settle } from './cases.ts';
import { deploy, followRollout } from './rollouts.ts';
import { awaitJob, startJob } from './training.ts';
import type { World } from './world.ts';

/** An operator deploys a worse version, past the gate; its verdict rolls it back. */
export const rollBackWorse = async (world: World, version: string): Promise<Rollout> => {
  const { timeline } = world;
  timeline.chapter('6  Drills: a worse challenger, then a broken one');
  const begun = await deploy(world, {
    version,
    overrideGate: true,
    reason: 'fire drill: does the verdict find a worse version?',
  });
  timeline.event(`an operator deploys ${version}, which the gate rejected; the reason is in the audit`);
  return followRollout(world, begun.id, 180, feedOfCases(world));
};

/** A version that answers with NaN takes a quarter of the requests at once; the alarm rolls it back and nobody notices. */
export const rollBackBroken = async (world: World): Promise<Rollout> => {
  const { timeline, traffic } = world;
  await settle(world);
  const version = await awaitJob(
    world,
    await startJob(world, {
      reason: 'fire drill: a broken version',
      recipe: { name: 'drill', parameters: { behaviour: 'nan' } },
      rollOut: false,
    }),
  );
  const before = { ...traffic.counts };
  const begun = await deploy(world, {
    version,
    overrideGate: true,
    reason: 'fire drill: does the alarm find a broken version?',
    stages: [{ name: 'canary-25', weight: 25, minimumSeconds: 600, minimumPairs: 50 }],
  });
  timeline.event(`an operator deploys ${version}, which answers with NaN, to 25% of requests`);
  const ended = await followRollout(world, begun.id, 120, () => Promise.resolve());
  const { sent, fallback, unserved } = traffic.counts;
  timeline.event(
    `${sent - before.sent} requests meanwhile: ${fallback - before.fallback} answered by the champion instead, ${unserved - before.unserved} unserved`,
  );
  return ended;
};
