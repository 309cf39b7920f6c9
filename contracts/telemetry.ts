/**
 * Names of metrics and alarms. A rollout's metrics have a namespace of their own, so that
 * its alarms can see nothing else.
 */
export const namespace = 'Relearn';
export const rolloutNamespace = (rollout: string): string => `${namespace}/Rollouts/${rollout}`;

export const MetricName = {
  /** 0 or 1 for each request or case given to the challenger: its average is the failure rate. */
  ChallengerFailure: 'ChallengerFailure',
  /** ms that the challenger took. */
  ChallengerLatency: 'ChallengerLatency',
  /** ms that a prediction took, fallback included. */
  PredictionLatency: 'PredictionLatency',
  /** 0 or 1 for each prediction: answered by the champion because the challenger could not. */
  Fallback: 'Fallback',
  /** 0 or 1 for each prediction that no version could answer. */
  Unserved: 'Unserved',
} as const;

const alarmPrefix = 'relearn-';
export const alarmName = (rollout: string, what: string): string => `${alarmPrefix}${rollout}-${what}`;

/** The rollout that an alarm belongs to, or undefined where it is none of ours. */
export const rolloutOfAlarm = (name: string): string | undefined =>
  /^relearn-(rol_[0-9A-HJKMNP-TV-Z]{26})-/.exec(name)?.[1];
