/**
 * Every status of the product, once: a const object, a union, the transitions allowed, and predicates.
 * The literals stand nowhere else.
 */

/** `received → accepted | quarantined`, later `erased`. */
export const CaseStatus = {
  Received: 'received',
  Accepted: 'accepted',
  Quarantined: 'quarantined',
  Erased: 'erased',
} as const;
export type CaseStatus = (typeof CaseStatus)[keyof typeof CaseStatus];

/**
 * `queued → running → completed | failed | cancelled`, and `paused`: stopped at a checkpoint, resumable. A job is queued
 * until its program runs.
 */
export const JobStatus = {
  Queued: 'queued',
  Running: 'running',
  Paused: 'paused',
  Completed: 'completed',
  Failed: 'failed',
  Cancelled: 'cancelled',
} as const;
export type JobStatus = (typeof JobStatus)[keyof typeof JobStatus];

/** `staging → shadow → canary → champion → retired`, or `rejected`, `rolled-back`. */
export const VersionStatus = {
  Staging: 'staging',
  Shadow: 'shadow',
  Canary: 'canary',
  Champion: 'champion',
  Retired: 'retired',
  Rejected: 'rejected',
  RolledBack: 'rolled-back',
} as const;
export type VersionStatus = (typeof VersionStatus)[keyof typeof VersionStatus];

/** A rollout runs until its one end. */
export const RolloutStatus = {
  Running: 'running',
  Promoted: 'promoted',
  RolledBack: 'rolled-back',
  Expired: 'expired',
} as const;
export type RolloutStatus = (typeof RolloutStatus)[keyof typeof RolloutStatus];

/** `running → completed | failed`. */
export const EvaluationStatus = { Running: 'running', Completed: 'completed', Failed: 'failed' } as const;
export type EvaluationStatus = (typeof EvaluationStatus)[keyof typeof EvaluationStatus];

type Transitions<Status extends string> = Readonly<Record<Status, readonly Status[]>>;

export const caseTransitions: Transitions<CaseStatus> = {
  received: ['accepted', 'quarantined', 'erased'],
  accepted: ['erased'],
  quarantined: ['accepted', 'erased'],
  erased: [],
};

export const jobTransitions: Transitions<JobStatus> = {
  queued: ['running', 'paused', 'failed', 'cancelled'],
  running: ['queued', 'paused', 'completed', 'failed', 'cancelled'],
  paused: ['queued', 'cancelled'],
  completed: [],
  failed: [],
  cancelled: [],
};

/** A rejected version may enter a rollout only by an operator's audited override; a retired one by a new rollout or a rollback. */
export const versionTransitions: Transitions<VersionStatus> = {
  staging: ['shadow', 'canary', 'champion', 'rejected'],
  shadow: ['canary', 'champion', 'rolled-back', 'staging'],
  canary: ['champion', 'rolled-back', 'staging'],
  champion: ['retired', 'rolled-back'],
  retired: ['shadow', 'canary', 'champion'],
  rejected: ['shadow', 'canary'],
  'rolled-back': ['shadow', 'canary', 'champion'],
};

export const rolloutTransitions: Transitions<RolloutStatus> = {
  running: ['promoted', 'rolled-back', 'expired'],
  promoted: [],
  'rolled-back': [],
  expired: [],
};

const evaluationTransitions: Transitions<EvaluationStatus> = {
  running: ['completed', 'failed'],
  completed: [],
  failed: [],
};

export const mayBecome = <Status extends string>(transitions: Transitions<Status>, from: Status, to: Status): boolean =>
  transitions[from].includes(to);

const endsIn =
  <Status extends string>(transitions: Transitions<Status>) =>
  (status: Status): boolean =>
    transitions[status].length === 0;

export const isFinishedJob = endsIn(jobTransitions);
export const isFinishedRollout = endsIn(rolloutTransitions);
export const isFinishedEvaluation = endsIn(evaluationTransitions);
