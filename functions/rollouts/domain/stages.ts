import { type StagePolicy, Strategy } from '../../../contracts/rollout-policy.ts';
import type { BanditArm } from '../../../contracts/rollouts.ts';
import { EvidenceKind, Verdict } from '../../../contracts/verdicts.ts';
import { AlarmHealth, type AlarmReport } from './alarm-health.ts';
import { awaitsApproval, isApprovalExpired, needsApproval, unansweredApproval } from './approval.ts';
import { isPastDeadline, type RolloutRecord, secondsBetween } from './record.ts';
import type { StageEvidence } from './stage-evidence.ts';
import { needsVerdict, nextStage, presentStage, samplesNeeded } from './strategy.ts';

/** What is to be done with a rollout now. */
export const Action = {
  Hold: 'hold',
  Advance: 'advance',
  Reweigh: 'reweigh',
  AskApproval: 'ask-approval',
  Promote: 'promote',
  RollBackByVerdict: 'roll-back-by-verdict',
  RollBackByAlarm: 'roll-back-by-alarm',
  Expire: 'expire',
  /** A bandit found the champion to be the best. */
  KeepChampion: 'keep-champion',
} as const;
export type Action = (typeof Action)[keyof typeof Action];

export interface Judgement {
  readonly action: Action;
  /** One sentence for a person. */
  readonly reason: string;
  /** The stage to enter; set exactly with `advance`. */
  readonly stage?: StagePolicy;
  /** What the present stage still waits for; set exactly with `hold`. */
  readonly waitsFor?: string;
  /** The weights to give; set exactly with `reweigh`. */
  readonly arms?: readonly BanditArm[];
  /** Of a bandit: what is promoted. */
  readonly winner?: string;
  readonly numbers: StageNumbers;
}

interface StageNumbers {
  /** Pairs or units. */
  readonly samples: number;
  readonly stageSamples: number;
  readonly stageSeconds: number;
  readonly rolloutSeconds: number;
}

/** What is known of a rollout at the moment of judging. */
export interface Standing {
  /** ISO 8601, UTC. */
  readonly now: string;
  readonly evidence: StageEvidence;
  readonly alarms: AlarmReport;
}

/** How long the rollout and its present stage have lasted. */
export const secondsOf = ({ stages, startedAt }: RolloutRecord, now: string) => ({
  stageSeconds: secondsBetween(stages.at(-1)?.startedAt ?? startedAt, now),
  rolloutSeconds: secondsBetween(startedAt, now),
});

/**
 * Decides what happens to a running canary or blue-green rollout.
 *
 * A stage ends when its time has passed AND its samples are there AND every alarm is OK AND the verdict does not stop
 * the ramp AND the ramp's own evidence suffices, where the stage asks for any. The holdback is entered, and a canary
 * promoted, only with a verdict to promote; with one the stages before are walked all the same. Harm is looked at before
 * anything else.
 */
export const judge = (rollout: RolloutRecord, standing: Standing): Judgement => {
  const { now, evidence, alarms } = standing;
  const { samples, stageSamples } = evidence;
  const numbers = { samples, stageSamples, ...secondsOf(rollout, now) };
  const ending = endingOf(rollout, standing);
  if (ending !== undefined) return { ...ending, numbers };

  const next = nextStage(rollout);
  const missing = missingIn(rollout, next, numbers, evidence, alarms);
  if (missing.length === 0 && next !== undefined) {
    return { action: Action.Advance, reason: `Enter ${next.name}. So far: ${evidence.message}`, stage: next, numbers };
  }
  if (missing.length === 0 && needsApproval(rollout)) {
    return { action: Action.AskApproval, reason: `Ask for approval. ${evidence.message}`, numbers };
  }
  const isAsked = awaitsApproval(rollout);
  if (missing.length === 0 && !isAsked) {
    return { action: Action.Promote, reason: isBaking(rollout) ? baked(rollout) : evidence.message, numbers };
  }
  const asked = isAsked ? [`an operator is to approve or decline until ${rollout.approval?.expiresAt}`] : [];
  const waitsFor = [...missing, ...asked].join('; ');
  // Once somebody is asked, the time to answer is the approval's.
  if (isPastDeadline(rollout, now) && !isAsked) {
    const reason = `Expire: the rollout has run its ${rollout.policy.maximumSeconds} s, and ${waitsFor}.`;
    return { action: Action.Expire, reason, numbers };
  }
  return { action: Action.Hold, reason: `Hold: ${waitsFor}. So far: ${evidence.message}`, waitsFor, numbers };
};

const isBaking = ({ policy }: RolloutRecord): boolean => policy.strategy === Strategy.BlueGreen;

/** How a rollout ends whatever its stage still waits for; harm first. Undefined where it goes on. */
const endingOf = (
  rollout: RolloutRecord,
  { now, evidence, alarms }: Standing,
): Pick<Judgement, 'action' | 'reason'> | undefined => {
  if (alarms.health === AlarmHealth.Alarm) return rollBackBy(alarms);
  if (evidence.verdict === Verdict.RollBack) return { action: Action.RollBackByVerdict, reason: evidence.message };
  if (isApprovalExpired(rollout, now)) return { action: Action.Expire, reason: unansweredApproval(rollout) };
  if (evidence.expired && !isBaking(rollout)) return { action: Action.Expire, reason: evidence.message };
  return undefined;
};

export const rollBackBy = ({ firing }: AlarmReport): Pick<Judgement, 'action' | 'reason'> => ({
  action: Action.RollBackByAlarm,
  reason: `Roll back: an alarm of this rollout fired. ${firing}`,
});

const baked = ({ policy }: RolloutRecord): string =>
  `Promote: no alarm fired within the ${policy.bakeSeconds} s of baking. ` +
  'No evidence was asked for that the challenger is as good as the champion.';

/** What stands in the way of the next stage or, after the last, of promotion. No traffic without alarms. */
const missingIn = (
  rollout: RolloutRecord,
  next: StagePolicy | undefined,
  { stageSamples, stageSeconds }: StageNumbers,
  evidence: StageEvidence,
  { health }: AlarmReport,
): string[] => {
  const stage = presentStage(rollout);
  if (stage === undefined) return health === AlarmHealth.Missing ? ['its alarms do not exist yet'] : [];
  const { name, minimumSeconds, rampEvidence = 0 } = stage;
  const samples = samplesNeeded(stage, rollout.policy.evidence);
  const unit = rollout.policy.evidence === EvidenceKind.Paired ? 'pairs' : 'units';
  const conditions: readonly [holds: boolean, otherwise: string][] = [
    [stageSeconds >= minimumSeconds, `${name} lasts ${minimumSeconds} s at least`],
    [stageSamples >= samples, `${name} needs ${samples} ${unit} of its own`],
    [health === AlarmHealth.Ok, 'its alarms are not OK yet'],
    [
      next === undefined || !evidence.stopsRamp,
      'the challenger looks worse or cannot be compared, so its weight does not grow',
    ],
    [
      rampEvidence === 0 || (evidence.rampEvidence ?? 0) >= rampEvidence,
      `${name} needs an e-value of ${rampEvidence} for "not worse by more than 5 points"`,
    ],
    [
      !needsVerdict(rollout, next) || evidence.verdict === Verdict.Promote,
      'after it only a verdict to promote leads on',
    ],
  ];
  return conditions.filter(([holds]) => !holds).map(([, otherwise]) => otherwise);
};
