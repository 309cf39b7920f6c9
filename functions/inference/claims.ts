import type { Arm, PredictionClaims } from '../../contracts/inference.ts';
import { personMac } from '../platform/person-mac.ts';
import { scoreOf } from './domain/score.ts';
import type { Answer } from './loaded-model.ts';
import type { ServedModel } from './served-model.ts';

/** A request that was answered. */
interface Answered {
  readonly tenant: string;
  readonly model: string;
  readonly subject: string | undefined;
  /** Of the request, ms since 1970. */
  readonly now: number;
  readonly arm: Arm;
  /** That answered. */
  readonly version: string;
  /** The challenger that was asked and gave no answer, where the evidence counts that. */
  readonly missed: string | undefined;
  readonly answer: Answer;
  readonly milliseconds: number;
  readonly nonce: string;
}

/** What the predictionId of a request says of it. */
export const claimsOf = (served: ServedModel, answered: Answered): PredictionClaims => ({
  t: answered.tenant,
  m: answered.model,
  v: answered.version,
  r: served.route.rollout,
  s: served.route.stage,
  i: answered.now,
  n: answered.nonce,
  a: answered.arm,
  w: answered.missed,
  p: scoreOf(answered.answer.probabilities, served.scoreClass),
  l: Math.round(answered.milliseconds),
  u: subjectClaim(served, answered.subject),
});

/** Under what the tenant's map has the subject: what is said of one person comes together, and tells not of whom. */
const subjectClaim = ({ subjectKey }: ServedModel, subject: string | undefined): string | undefined =>
  subjectKey === undefined || subject === undefined
    ? undefined
    : personMac(subjectKey, 'subject', subject, 'base64url');
