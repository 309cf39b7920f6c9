/** What the judge tells the alarms of a rollout, on the rollout's own metrics. */
import { MetricName, rolloutNamespace } from '../../../contracts/telemetry.ts';
import type { Clock } from '../../platform/clock.ts';
import { emitMetrics } from '../../platform/telemetry.ts';

/** Values that one metric of an EMF line holds. */
const valuesAtOnce = 100;
const flag = { unit: 'Count', highResolution: true } as const;
const ratio = { unit: 'None', highResolution: true } as const;
/**
 * CloudWatch refuses values beyond ±2^360, which is 2.3e108, and an e-value may be 1e125: the alarm would miss the very
 * datum that shows the most. Every threshold is far below this.
 */
const greatestRatio = 1e6;

/** What the challenger did with one request or case. */
export interface ChallengerAnswer {
  readonly failed: boolean;
  readonly malformed: boolean;
  readonly slow: boolean;
}

/** The alarms see the judge's cases as they see the app's requests. */
export const reportAnswers = (clock: Clock, rollout: string, answers: readonly ChallengerAnswer[]): void => {
  for (let from = 0; from < answers.length; from += valuesAtOnce) {
    const some = answers.slice(from, from + valuesAtOnce);
    const values = (member: keyof ChallengerAnswer) => some.map((answer) => Number(answer[member]));
    emitMetrics(
      clock.now(),
      rolloutNamespace(rollout),
      {},
      {
        [MetricName.ChallengerFailure]: { ...flag, value: values('failed') },
        [MetricName.ChallengerMalformed]: { ...flag, value: values('malformed') },
        [MetricName.ChallengerSlow]: { ...flag, value: values('slow') },
      },
    );
  }
};

/** What the evidence says of harm. Reported at each judgement, so that no alarm is without a datum. */
export interface Harm {
  /** e-value for "worse by more than the margin", as a share of what is needed. */
  readonly worseThanMargin: number;
  /** Of the challenger's scores; paired evidence only. */
  readonly scoreDrift?: number;
  /** e-value for "labels are missing more often in one arm", as a share of what is needed; randomised evidence only. */
  readonly missingLabelsDiffer?: number;
  /** Shares of the arms' predictions without their label, null without predictions. */
  readonly missingLabels?: { readonly champion: number | null; readonly challenger: number | null };
}

export const reportHarm = (clock: Clock, rollout: string, harm: Harm): void => {
  const { champion, challenger } = harm.missingLabels ?? {};
  const values = {
    [MetricName.WorseThanMargin]: harm.worseThanMargin,
    [MetricName.ScoreDrift]: harm.scoreDrift,
    [MetricName.MissingLabelsDiffer]: harm.missingLabelsDiffer,
    [MetricName.ChampionMissingLabels]: champion,
    [MetricName.ChallengerMissingLabels]: challenger,
  };
  const known = Object.entries(values).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [[name, { ...ratio, value: Math.min(value, greatestRatio) }] as const],
  );
  emitMetrics(clock.now(), rolloutNamespace(rollout), {}, Object.fromEntries(known));
};
