import type { BanditArm } from '../../../contracts/rollouts.ts';
import { wholeWeight } from '../../../contracts/weight.ts';
import { AlarmHealth, type AlarmReport } from './alarm-health.ts';
import { awaitsApproval, isApprovalExpired, needsApproval, unansweredApproval } from './approval.ts';
import { chancesOfBeingBest, type Earned, weightsOf } from './bandit.ts';
import { challengersOf, isPastDeadline, type RolloutRecord } from './record.ts';
import { Action, type Judgement, rollBackBy, secondsOf } from './stages.ts';
import { nextStage } from './strategy.ts';

/** What a bandit does not promise; shown with each. */
export const banditStatement =
  'A bandit spends few requests on versions that look worse; it bounds no error. Looking at each judgement, with ' +
  'weights that follow the rewards, makes the chance of being best look surer than it is. Rewards that come after the ' +
  'label window are left out, so a version whose rewards come sooner is favoured. Where rewards drift, versions that ' +
  'had their requests at different times are compared all the same. A subject meets another version when weights ' +
  'change. Where a wrong promotion is costly, use a canary.';

/** Percentage points by which a weight has to move before the route is written. */
const leastMove = 1;

/** What the versions have earned, by version. */
export type EarnedByVersion = Readonly<Record<string, Earned>>;

interface BanditStanding {
  /** ISO 8601, UTC. */
  readonly now: string;
  readonly earned: EarnedByVersion;
  readonly alarms: AlarmReport;
}

const nothing: Earned = { units: 0, rewards: 0 };

/** The versions of a bandit with what they have earned and the weights that follow; the champion first. */
const armsOf = (rollout: RolloutRecord, earned: EarnedByVersion): BanditArm[] => {
  const versions = [rollout.base, ...challengersOf(rollout)].flatMap((servable) => servable?.version ?? []);
  const given = versions.map((version) => earned[version] ?? nothing);
  const chances = chancesOfBeingBest(given);
  const weights = weightsOf(chances, rollout.policy.bandit.floorPercent);
  return versions.map((version, index) => {
    const { units, rewards } = given[index] ?? nothing;
    return {
      version,
      weight: ((weights[index] ?? 0) * 100) / wholeWeight,
      units,
      meanReward: units === 0 ? null : rewards / units,
      chanceOfBeingBest: chances[index] ?? 0,
    };
  });
};

/** The same with the weights that they have on the route now: the last that were given. */
export const presentArms = (rollout: RolloutRecord, earned: EarnedByVersion): BanditArm[] => {
  const arms = armsOf(rollout, earned);
  const equal = rollout.stages.at(-1)?.weight ?? 0;
  return arms.map((arm, index) => {
    const given = rollout.bandit?.arms.find(({ version }) => version === arm.version)?.weight;
    return { ...arm, weight: given ?? (index === 0 ? 100 - equal * (arms.length - 1) : equal) };
  });
};

/**
 * Decides what happens to a running bandit: it begins with equal weights, follows the chances of being best, and ends
 * when one is sure enough, or with the likeliest best when its time or its units are used up. Fewer units than its
 * minimum promote nothing.
 */
export const judgeBandit = (rollout: RolloutRecord, standing: BanditStanding): Judgement => {
  const { now, earned, alarms } = standing;
  const arms = armsOf(rollout, earned);
  const samples = arms.reduce((sum, { units }) => sum + units, 0);
  const numbers = { samples, stageSamples: samples, ...secondsOf(rollout, now) };
  if (alarms.health === AlarmHealth.Alarm) return { ...rollBackBy(alarms), numbers };
  if (isApprovalExpired(rollout, now)) {
    return { action: Action.Expire, reason: unansweredApproval(rollout), numbers };
  }
  const decided = rollout.stages.length === 0 ? begin(rollout, alarms) : goOn(rollout, standing, arms, samples);
  return { ...decided, numbers };
};

type Decided = Omit<Judgement, 'numbers'>;

const hold = (waitsFor: string): Decided => ({ action: Action.Hold, reason: `Hold: ${waitsFor}.`, waitsFor });

const begin = (rollout: RolloutRecord, { health }: AlarmReport): Decided => {
  const stage = nextStage(rollout);
  return stage === undefined || health === AlarmHealth.Missing
    ? hold('its alarms do not exist yet')
    : { action: Action.Advance, reason: `Enter ${stage.name}: every version has the same weight.`, stage };
};

const goOn = (
  rollout: RolloutRecord,
  { now, earned, alarms }: BanditStanding,
  arms: readonly BanditArm[],
  samples: number,
): Decided => {
  if (awaitsApproval(rollout)) {
    return hold(`an operator is to approve or decline ${rollout.bandit?.winner} until ${rollout.approval?.expiresAt}`);
  }
  const { bandit, maximumUnits } = rollout.policy;
  const best = likeliest(arms);
  const isSure = samples >= bandit.minimumUnits && best.chanceOfBeingBest >= bandit.stopProbability;
  const isOver = samples >= maximumUnits || isPastDeadline(rollout, now);
  const approved = rollout.approval?.approved === true ? rollout.bandit?.winner : undefined;
  if (approved !== undefined) return conclude(rollout, now, alarms, approved, `approved; ${shown(arms)}`);
  if (isSure || isOver) {
    return samples < bandit.minimumUnits
      ? tooFew(rollout, samples)
      : conclude(rollout, now, alarms, best.version, `the likeliest best of ${shown(arms)}, after ${samples} units`);
  }
  if (alarms.health === AlarmHealth.Ok && hasMoved(presentArms(rollout, earned), arms)) {
    return { action: Action.Reweigh, reason: `New weights: ${shown(arms)}.`, arms };
  }
  const { minimumUnits, stopProbability } = bandit;
  return hold(`it needs ${minimumUnits} units, and a version whose chance of being best is ${stopProbability}`);
};

const tooFew = ({ policy }: RolloutRecord, samples: number): Decided => ({
  action: Action.Expire,
  reason:
    `Expire: ${samples} units came within ${policy.maximumSeconds} s, and ${policy.bandit.minimumUnits} are needed; ` +
    'the champion stays.',
});

const conclude = (
  rollout: RolloutRecord,
  now: string,
  { health }: AlarmReport,
  winner: string,
  why: string,
): Decided => {
  const found = `${winner} is ${why}. No error is bounded.`;
  if (winner === rollout.base?.version) return { action: Action.KeepChampion, reason: `Keep the champion: ${found}` };
  if (health !== AlarmHealth.Ok) {
    return isPastDeadline(rollout, now)
      ? { action: Action.Expire, reason: `Expire: the time is over, and the alarms are not OK. ${found}` }
      : hold('its alarms are not OK yet');
  }
  return needsApproval(rollout)
    ? { action: Action.AskApproval, reason: `Ask for approval: ${found}`, winner }
    : { action: Action.Promote, reason: `Promote: ${found}`, winner };
};

/** Of equals the one that comes first: the champion before all others. */
const likeliest = (arms: readonly BanditArm[]): BanditArm => {
  const largest = Math.max(...arms.map(({ chanceOfBeingBest }) => chanceOfBeingBest));
  return arms.find(({ chanceOfBeingBest }) => chanceOfBeingBest === largest) as BanditArm;
};

const hasMoved = (before: readonly BanditArm[], arms: readonly BanditArm[]): boolean =>
  arms.some(({ weight }, index) => Math.abs(weight - (before[index]?.weight ?? 0)) >= leastMove);

const shown = (arms: readonly BanditArm[]): string =>
  arms
    .map(
      ({ version, weight, chanceOfBeingBest }) => `${version} ${weight.toFixed(1)}% (${chanceOfBeingBest.toFixed(3)})`,
    )
    .join(', ');
