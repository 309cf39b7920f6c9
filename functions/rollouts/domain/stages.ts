import type { StagePolicy } from '../../../contracts/model.ts';
import { stopsRamp, Verdict } from '../../../contracts/verdicts.ts';
import { nextStage, type RolloutRecord, secondsBetween } from './record.ts';
import type { PairedVerdict } from './verdict.ts';

/** What the alarms of a rollout say together. */
export const AlarmHealth = {
  Ok: 'ok',
  Alarm: 'alarm',
  /** Some alarm has no datum yet to judge by. */
  InsufficientData: 'insufficient-data',
  /** Some alarm does not exist: its rollout must have no traffic. */
  Missing: 'missing',
} as const;
export type AlarmHealth = (typeof AlarmHealth)[keyof typeof AlarmHealth];

/** What is to be done with a rollout now. */
export const Action = {
  Hold: 'hold',
  Advance: 'advance',
  Promote: 'promote',
  RollBackByVerdict: 'roll-back-by-verdict',
  RollBackByAlarm: 'roll-back-by-alarm',
  Expire: 'expire',
} as const;
export type Action = (typeof Action)[keyof typeof Action];

export interface Judgement {
  readonly action: Action;
  /** One sentence for a person. */
  readonly reason: string;
  /** The stage to enter; set exactly with `advance`. */
  readonly stage?: StagePolicy;
  readonly numbers: {
    readonly pairs: number;
    readonly stagePairs: number;
    readonly stageSeconds: number;
    readonly rolloutSeconds: number;
  };
}

/** What is known of a rollout at the moment of judging. */
export interface Standing {
  /** ISO 8601, UTC. */
  readonly now: string;
  readonly evidence: PairedVerdict;
  readonly alarms: AlarmHealth;
}

/** Whether the rollout's time is over. */
export const isPastDeadline = ({ startedAt, policy }: RolloutRecord, now: string): boolean =>
  secondsBetween(startedAt, now) >= policy.maximumSeconds;

/**
 * Decides what happens to a running rollout.
 *
 * A stage ends when its time has passed AND its pairs are there AND every alarm is OK AND the verdict does not stop
 * the ramp. After the last stage only a verdict to promote ends the rollout; with one the remaining stages are walked
 * all the same, each for its time and its pairs. Harm is looked at before anything else.
 */
export const judge = (rollout: RolloutRecord, { now, evidence, alarms }: Standing): Judgement => {
  const stage = rollout.stages.at(-1);
  const numbers = {
    pairs: evidence.numbers.pairs,
    stagePairs: evidence.numbers.pairs - (stage?.pairsAtStart ?? 0),
    stageSeconds: secondsBetween(stage?.startedAt ?? rollout.startedAt, now),
    rolloutSeconds: secondsBetween(rollout.startedAt, now),
  };
  const judged = (action: Action, reason: string): Judgement => ({ action, reason, numbers });

  if (alarms === AlarmHealth.Alarm) return judged(Action.RollBackByAlarm, 'Roll back: an alarm of this rollout fired.');
  if (evidence.verdict === Verdict.RollBack) return judged(Action.RollBackByVerdict, evidence.message);
  if (evidence.expired) return judged(Action.Expire, evidence.message);

  const waitsFor = stage === undefined ? missingBefore(alarms) : missingIn(rollout, numbers, evidence, alarms);
  const next = nextStage(rollout);
  if (waitsFor === undefined && next !== undefined) {
    return { ...judged(Action.Advance, `Enter ${next.name}. So far: ${evidence.message}`), stage: next };
  }
  if (waitsFor === undefined && evidence.verdict === Verdict.Promote) return judged(Action.Promote, evidence.message);
  const hold = waitsFor ?? 'the last stage ends with a verdict to promote';
  return isPastDeadline(rollout, now)
    ? judged(Action.Expire, `Expire: the rollout has run its ${rollout.policy.maximumSeconds} s, and ${hold}.`)
    : judged(Action.Hold, `Hold: ${hold}. So far: ${evidence.message}`);
};

/** What the first stage still waits for: no traffic without alarms. */
const missingBefore = (alarms: AlarmHealth): string | undefined =>
  alarms === AlarmHealth.Missing ? 'its alarms do not exist yet' : undefined;

const missingIn = (
  { stages, policy }: RolloutRecord,
  { stagePairs, stageSeconds }: Judgement['numbers'],
  evidence: PairedVerdict,
  alarms: AlarmHealth,
): string | undefined => {
  const stage = policy.stages[stages.length - 1];
  const { name = '', minimumSeconds = 0, minimumPairs = 0 } = stage ?? {};
  if (stageSeconds < minimumSeconds) {
    return `${name} lasts ${minimumSeconds} s at least, ${Math.floor(stageSeconds)} have passed`;
  }
  if (stagePairs < minimumPairs) return `${name} needs ${minimumPairs} pairs, ${stagePairs} are there`;
  if (alarms !== AlarmHealth.Ok) return 'its alarms cannot judge yet';
  if (stopsRamp(evidence.reason)) return 'the challenger looks worse, so its weight does not grow';
  return undefined;
};
