import type { Rollout } from '../../contracts/rollouts.ts';
import { awaitRollout, deploy, followRollout } from '../demo/rollouts.ts';
import { awaitJob, startJob } from '../demo/training.ts';
import type { EvidencePoint } from './report.ts';
import type { World } from './world.ts';

/** Far more than it takes where a machine has the two cores to itself. */
const patienceSeconds = 900;

/** A rollout that ended, and how its evidence grew. */
export interface Followed {
  readonly rollout: Rollout;
  readonly points: readonly EvidencePoint[];
}

const follow = async (world: World, begun: Rollout): Promise<Followed> => {
  const points: EvidencePoint[] = [];
  const note = ({ verdict }: Rollout): void => {
    if (verdict === undefined) return;
    const { eValuePromote, eValueRollback } = verdict.numbers;
    if (typeof eValuePromote !== 'number' || typeof eValueRollback !== 'number') return;
    const at = (Date.parse(verdict.at) - Date.parse(begun.startedAt)) / 1000;
    if (at !== points.at(-1)?.at) points.push({ at, promote: eValuePromote, rollback: eValueRollback });
  };
  const rollout = await followRollout(world, begun.id, patienceSeconds, async (now) => note(now));
  note(rollout);
  return { rollout, points };
};

const tellTruth = async ({ timeline, truth }: World, version: string, champion: string): Promise<void> => {
  const [value, difference] = await Promise.all([truth.valueOf(version), truth.difference(version, champion)]);
  timeline.event(
    `in truth ${version} is worth ${value.mean.toFixed(3)} a person, ${difference.mean.toFixed(3)} against ${champion}; ` +
      'the platform does not know',
  );
};

/** The challenger goes its way by the rewards of live answers. @returns with it a worse version, for the next chapter */
export const judgeChallenger = async (
  world: World,
  champion: string,
  version: string,
): Promise<{ followed: Followed; worse: string }> => {
  world.timeline.chapter('4  Rewards decide about the challenger');
  const begun = await awaitRollout(world, version);
  await tellTruth(world, version, champion);
  const training = await startJob(world, {
    reason: 'fire drill: a worse version',
    recipe: { name: 'drill', parameters: { behaviour: 'worse', algorithm: 'network' } },
    rollOut: false,
  });
  const followed = await follow(world, begun);
  return { followed, worse: await awaitJob(world, training) };
};

/** An operator deploys a worse version, past the gate; its rewards roll it back. */
export const judgeWorse = async (world: World, champion: string, version: string): Promise<Followed> => {
  world.timeline.chapter('5  Rewards find the worse version');
  await tellTruth(world, version, champion);
  const reason = 'fire drill: do the rewards find a worse version?';
  const begun = await deploy(world, { version, overrideGate: true, reason });
  world.timeline.event(`an operator deploys ${version}, which the gate may have rejected; the reason is in the audit`);
  return follow(world, begun);
};
