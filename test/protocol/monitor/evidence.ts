/** I8: what a rollout has counted is counted anew from the cases and rewards, whatever led to it. */
import { Arm } from '../../../contracts/inference.ts';
import { definePairedPolicy } from '../../../functions/rollouts/domain/paired-policy.ts';
import {
  applyBlock,
  type PairedState,
  pairsOf,
  startPairedProcess,
} from '../../../functions/rollouts/domain/paired-process.ts';
import * as randomised from '../../../functions/rollouts/domain/randomised/process.ts';
import { assignedTo, startRandomisedProcess } from '../../../functions/rollouts/domain/randomised/state.ts';
import type { RolloutRecord } from '../../../functions/rollouts/domain/record.ts';
import { Given, type SealedSegment } from '../cloud/evidence.ts';
import type { Deployment } from './deployment.ts';
import { firstFalse, type Invariant, type Observation, same } from './invariant.ts';
import { Rule } from './rules.ts';

/** Pairs of one segment, all of one kind; none where the champion failed. */
const blockOf = (given: SealedSegment['given'], count: number, champion: string, challenger: string) => {
  const none = { both: 0, championOnly: 0, challengerOnly: 0, neither: 0 };
  const [left, right] = [given.get(champion) ?? Given.Right, given.get(challenger) ?? Given.Right];
  if (left === Given.Fails) return none;
  if (left === Given.Right) return right === Given.Right ? { ...none, both: count } : { ...none, championOnly: count };
  return right === Given.Right ? { ...none, challengerOnly: count } : { ...none, neither: count };
};

/** The pairs of a rollout from one segment on to another, from the cases alone: one of each subject, its first. */
const replay = ({ world, model }: Observation, rollout: RolloutRecord, from: number, until: number): PairedState => {
  const { base, challenger } = rollout;
  const policy = definePairedPolicy(rollout.policy);
  const cases = world.cases(model);
  return cases.segments.slice(from, until).reduce((state, { sequence, subject, count, given }) => {
    const isFirst = subject === null || cases.firstSegmentOf(subject) === sequence;
    const pairs = subject === null ? count : Number(isFirst);
    return applyBlock(state, blockOf(given, pairs, base?.version ?? '', challenger.version), policy);
  }, startPairedProcess(policy));
};

/** The last segment that is no evidence: it is in a dataset, or has made the champion what it is. */
const lastSeen = ({ after }: Observation, { base, challenger }: RolloutRecord): number => {
  const crowned = after.versions.get(base?.version ?? '')?.rollout;
  const counted = crowned === undefined ? 0 : (after.rollouts.get(crowned)?.countedUntil ?? 0);
  return Math.max(base?.cut ?? 0, challenger.cut, counted);
};

const isNext = (was: { version: number; cursor: number } | undefined, is: { version: number; cursor: number }) =>
  is.version === (was?.version ?? 0) + 1 && is.cursor >= (was?.cursor ?? 0);

/** Goes through the statistics that a write changed. */
const changed = <Counted>(
  { before, after }: Observation,
  of: (deployment: Deployment) => ReadonlyMap<string, Counted>,
  check: (rollout: RolloutRecord, is: Counted, was: Counted | undefined) => string | undefined,
): string | undefined => {
  for (const [id, is] of of(after)) {
    const was = of(before).get(id);
    if (was === is) continue;
    const rollout = after.rollouts.get(id);
    const wrong = rollout === undefined ? `${id} has statistics and no record` : check(rollout, is, was);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
};

const ownPairs: Invariant = {
  rule: Rule.OwnPairs,
  violation: (observation) =>
    changed(
      observation,
      ({ paired }) => paired,
      (rollout, is, was) => {
        const from = lastSeen(observation, rollout);
        const expected = replay(observation, rollout, from, is.cursor);
        return firstFalse(
          [isNext(was, is), `${rollout.id} went from ${was?.version} to ${is.version}`],
          [was !== undefined || is.cursor === from, `${rollout.id} begins after segment ${is.cursor}, not ${from}`],
          [same(is.policy, definePairedPolicy(rollout.policy)), `${rollout.id} is judged by another policy`],
          [same(is.state, expected), `${rollout.id} has ${pairsOf(is.state)} pairs, not ${pairsOf(expected)}`],
        );
      },
    ),
};

const ownUnits: Invariant = {
  rule: Rule.OwnUnits,
  violation: (observation) =>
    changed(
      observation,
      (deployment) => deployment.randomised,
      ({ id, stages }, is, was) => {
        const log = observation.after.blocks.get(id) ?? [];
        const replayed = log.reduce(
          (state, block) => randomised.applyBlock(state, block, is.policy),
          startRandomisedProcess(is.policy),
        );
        const compared = stages.filter(({ weight }) => weight > 0 && weight < 100).map(({ name }) => name);
        const outcomes = observation.world.outcomes
          .of(id, 0, is.cursor)
          .filter(({ stage }) => compared.includes(stage));
        const counted = (arm: Arm) => is.state.strata.reduce((sum, stratum) => sum + assignedTo(stratum, arm), 0);
        const lost = Object.values(Arm).find(
          (arm) => counted(arm) !== outcomes.filter((one) => one.arm === arm).length,
        );
        return firstFalse(
          [isNext(was, is), `${id} went from ${was?.version} to ${is.version}`],
          [same(is.state, replayed), `${id} does not replay from its log of ${log.length} blocks`],
          [lost === undefined, `${id} has counted ${counted(lost ?? Arm.Champion)} units of the ${lost}`],
        );
      },
    ),
};

const ownRewards: Invariant = {
  rule: Rule.OwnRewards,
  violation: (observation) =>
    changed(
      observation,
      ({ bandits }) => bandits,
      ({ id }, is, was) => {
        const earned: Record<string, { units: number; rewards: number }> = {};
        for (const { assigned, reward } of observation.world.outcomes.of(id, 0, is.cursor)) {
          const { units = 0, rewards = 0 } = earned[assigned] ?? {};
          earned[assigned] = { units: units + 1, rewards: rewards + reward };
        }
        return firstFalse(
          [isNext(was, is), `${id} went from ${was?.version} to ${is.version}`],
          [same(is.earned, earned), `${id} has earned ${JSON.stringify(is.earned)}, not ${JSON.stringify(earned)}`],
        );
      },
    ),
};

export const evidenceInvariants: readonly Invariant[] = [ownPairs, ownUnits, ownRewards];
