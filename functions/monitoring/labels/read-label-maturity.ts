import { dayMilliseconds, minuteMilliseconds } from '../../../contracts/durations.ts';
import { dayOf } from '../../../contracts/label-delays.ts';
import type { Model } from '../../../contracts/model.ts';
import type { LabelMaturity } from '../../../contracts/monitoring.ts';
import { EvidenceKind } from '../../../contracts/verdicts.ts';
import { LabelSource, type OutcomeSums, type PredictionCounts } from '../../inference/index.ts';
import type { Models } from '../../models/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { notFound } from '../../platform/errors.ts';
import type { ReadProgress } from '../../rollouts/index.ts';
import type { Cohort } from '../domain/delay-curve.ts';
import { describeMaturity } from '../domain/label-maturity.ts';
import type { CaseLabelStore } from './case-label-store.ts';

interface Dependencies {
  readonly models: Pick<Models, 'get'>;
  readonly predictions: Pick<PredictionCounts, 'days'>;
  readonly outcomes: OutcomeSums;
  readonly caseLabels: Pick<CaseLabelStore, 'days'>;
  readonly progress: ReadProgress;
  readonly clock: Clock;
}

/** @throws Problem `not-found` */
export type ReadLabelMaturity = (tenant: string, model: string) => Promise<LabelMaturity>;

/** Labels of one day's predictions by delay, and cases of the day that name no prediction. */
interface DayLabels {
  readonly day: string;
  readonly delays: readonly number[];
  readonly unattributed: number;
}

const readDays = 90;

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Outcomes are the labels where rewards decide; validated cases where pairs do. */
const readDayLabels = async (
  { outcomes, caseLabels }: Dependencies,
  tenant: string,
  model: string,
  source: LabelSource,
  from: string,
): Promise<readonly DayLabels[]> => {
  if (source === LabelSource.Case) return caseLabels.days(tenant, model, from);
  const days = await outcomes.days(tenant, model, from);
  return days.map(({ day, delays }) => ({ day, delays, unattributed: 0 }));
};

/**
 * Cohorts by the day, and of the predictions of today and yesterday by the minute: of those, a day would be too long to
 * know which delays are complete.
 */
const cohortsOf = async (
  { outcomes }: Dependencies,
  tenant: string,
  model: string,
  source: LabelSource,
  labels: readonly DayLabels[],
  now: number,
): Promise<Cohort[]> => {
  const yesterday = Date.parse(dayOf(now - dayMilliseconds));
  const minutes = await outcomes.minutes(tenant, model, source, yesterday);
  return [
    ...labels
      .filter(({ day }) => Date.parse(day) < yesterday)
      .map(({ day, delays }) => ({ until: Date.parse(day) + dayMilliseconds, delays })),
    ...minutes.map(({ minute, delays }) => ({ until: minute + minuteMilliseconds, delays })),
  ];
};

const evidenceOf = ({ policies }: Model) => {
  const byWindow = policies.rollout.evidence === EvidenceKind.Randomised;
  return { byWindow, source: byWindow ? LabelSource.Outcome : LabelSource.Case };
};

export const openReadLabelMaturity =
  (dependencies: Dependencies): ReadLabelMaturity =>
  async (tenant, name) => {
    const { models, predictions, progress, clock } = dependencies;
    const model = await models.get(tenant, name);
    if (model === undefined) throw notFound(`a model ${name}`);
    const now = clock.now();
    const from = dayOf(now - readDays * dayMilliseconds);
    const { byWindow, source } = evidenceOf(model);
    const [predicted, labels, rollout] = await Promise.all([
      predictions.days(tenant, name, from),
      readDayLabels(dependencies, tenant, name, source, from),
      progress(tenant, name),
    ]);
    const cohorts = await cohortsOf(dependencies, tenant, name, source, labels, now);
    const days = [...new Set([...predicted, ...labels].map(({ day }) => day))].sort().map((day) => ({
      day,
      predictions: sumOf(predicted.filter((one) => one.day === day).map((one) => one.predictions)),
      labelled: sumOf(labels.filter((one) => one.day === day).flatMap((one) => [...one.delays, one.unattributed])),
    }));
    const { windowSeconds } = model.policies.outcomes;
    const unattributed = sumOf(labels.map((one) => one.unattributed));
    return describeMaturity({ model: name, days, cohorts, windowSeconds, byWindow, unattributed, rollout }, now);
  };
