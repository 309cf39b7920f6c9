import { daySeconds } from '../../../contracts/durations.ts';
import { type Arm, OutcomeEvidence } from '../../../contracts/inference.ts';
import { binOfDelay, dayOf, minuteOf, minutesKeptSeconds } from '../../../contracts/label-delays.ts';
import type { StandingOutcome } from '../domain/outcome-change.ts';
import { LabelSource } from './sum-entities.ts';

/** What an outcome is attributed to. */
export interface AttributedPrediction {
  readonly tenant: string;
  readonly model: string;
  readonly nonce: string;
  /** That answered. */
  readonly version: string;
  /** ms since 1970. */
  readonly assignedAt: number;
  readonly score?: number | undefined;
  /** Undefined where its outcome is no evidence of any. */
  readonly rollout?: RolloutAssignment | undefined;
}

/** How a rollout had a prediction made. */
interface RolloutAssignment {
  readonly rollout: string;
  readonly arm: Arm;
  readonly stage: string;
  /** Version that was asked first. */
  readonly assigned: string;
  readonly failed: boolean;
  readonly milliseconds?: number | undefined;
  /** A pseudonym. */
  readonly subject?: string | undefined;
}

/** An outcome as it is to be stored. */
export type NextOutcome = StandingOutcome & {
  /** By the policy of the time. */
  readonly positive: boolean;
};

/** No policy takes an outcome of a prediction older than a year: after that it cannot be counted twice. */
const outcomeKeptSeconds = 366 * daySeconds;
/**
 * A judge reads an outcome once its label window and its unit are over, 90 days each at most. It may be late: it reads
 * some thousands at a time, and a platform may stand still.
 */
const evidenceKeptSeconds = 400 * daySeconds;
/** A rollout and its holdback last a year each at most. */
const subjectKeptSeconds = 2 * 366 * daySeconds;

/** A time to live. */
const expiry = (milliseconds: number, seconds: number): number => Math.floor(milliseconds / 1000) + seconds;

const given = <Name extends string, Value>(name: Name, value: Value | undefined): { [Key in Name]?: Value } =>
  (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: Value };

export const outcomeItem = (prediction: AttributedPrediction, next: NextOutcome, now: number) => {
  const { tenant, model, nonce, version, assignedAt } = prediction;
  const { reward, positive, evidence } = next;
  const ttl = expiry(assignedAt, outcomeKeptSeconds);
  const stands = { reward, positive, evidence, corrections: 0, receivedAt: now };
  return { tenant, model, nonce, version, assignedAt, ...stands, ttl };
};

/** What an outcome adds to the sums of its day. */
export const daySums = ({ score, assignedAt }: AttributedPrediction, next: NextOutcome, now: number) => ({
  count: 1,
  rewards: next.reward,
  positives: Number(next.positive),
  ...(score === undefined ? {} : { scored: 1, scores: score }),
  [binOfDelay((now - assignedAt) / 1000)]: 1,
});

/** What replacing an outcome adds to the sums of its day. */
export const correctedSums = (standing: NextOutcome, next: NextOutcome) => ({
  rewards: next.reward - standing.reward,
  positives: Number(next.positive) - Number(standing.positive),
});

export const daySumsKey = ({ tenant, model, assignedAt, version }: AttributedPrediction) => ({
  tenant,
  model,
  day: dayOf(assignedAt),
  version,
});

/** @returns undefined where the prediction is so old that its delay is kept by the day alone */
export const minuteDelay = ({ tenant, model, assignedAt }: AttributedPrediction, now: number) => {
  if (now - assignedAt >= minutesKeptSeconds * 1000) return undefined;
  const minute = minuteOf(assignedAt);
  return {
    key: { tenant, model, source: LabelSource.Outcome, minute },
    ttl: expiry(minute, 2 * minutesKeptSeconds),
    delay: { [binOfDelay((now - assignedAt) / 1000)]: 1 },
  };
};

/** @returns undefined where the outcome is no evidence */
export const evidenceItem = (prediction: AttributedPrediction, { reward, evidence }: NextOutcome, now: number) => {
  const { tenant, model, nonce, version, assignedAt, score, rollout: assignment } = prediction;
  if (assignment === undefined || evidence !== OutcomeEvidence.Counts) return undefined;
  const { rollout, arm, stage, assigned, failed, milliseconds, subject } = assignment;
  return {
    ...{ tenant, model, rollout, assignedAt, nonce, version, assigned, arm, stage, reward, failed },
    ...{ ...given('milliseconds', milliseconds), ...given('score', score), ...given('subject', subject) },
    ttl: expiry(now, evidenceKeptSeconds),
  };
};

/** @returns undefined where the evidence has no subject */
export const subjectItem = (evidence: ReturnType<typeof evidenceItem>) => {
  if (evidence?.subject === undefined) return undefined;
  const { tenant, model, rollout, subject, assignedAt } = evidence;
  return { tenant, model, rollout, subject, firstAt: assignedAt, ttl: expiry(assignedAt, subjectKeptSeconds) };
};
