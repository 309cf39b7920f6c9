/**
 * Names of metrics and alarms. A rollout's metrics have a namespace of their own, so that
 * its alarms can see nothing else.
 */
export const namespace = 'Relearn';
export const rolloutNamespace = (rollout: string): string => `${namespace}/Rollouts/${rollout}`;

export const MetricName = {
  /** 0 or 1 for each request or case given to the challenger: its average is the failure rate. */
  ChallengerFailure: 'ChallengerFailure',
  /** 0 or 1: it answered with anything but probabilities. */
  ChallengerMalformed: 'ChallengerMalformed',
  /** 0 or 1: it was slower than the policy's slowMilliseconds. */
  ChallengerSlow: 'ChallengerSlow',
  /** ms that the challenger took. */
  ChallengerLatency: 'ChallengerLatency',
  /** 0 to 1: probability of the class that the model names as its score. */
  ChallengerScore: 'ChallengerScore',
  /** 0 or 1: champion and challenger gave another label to the same request, in shadow. */
  Disagreement: 'Disagreement',
  /** The same of the champion, while a rollout runs. */
  ChampionFailure: 'ChampionFailure',
  ChampionMalformed: 'ChampionMalformed',
  ChampionSlow: 'ChampionSlow',
  ChampionLatency: 'ChampionLatency',
  ChampionScore: 'ChampionScore',
  /** Share of an arm's predictions, old enough to have their label, that have none. */
  ChampionMissingLabels: 'ChampionMissingLabels',
  ChallengerMissingLabels: 'ChallengerMissingLabels',
  /** e-value against "labels are missing equally often in both arms", as a share of its threshold. */
  MissingLabelsDiffer: 'MissingLabelsDiffer',
  /** e-value against "not worse by more than the margin", as a share of its threshold: 1 is shown. */
  WorseThanMargin: 'WorseThanMargin',
  /** Population stability index of the challenger's scores against those on its holdout, less what chance gives. */
  ScoreDrift: 'ScoreDrift',
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
