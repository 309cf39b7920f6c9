import { type AuditRecorded, TrainingEvent, type TrainingNotice } from '../../../contracts/events.ts';
import type { SideMetrics } from '../../../contracts/metrics.ts';
import { AuditAction } from '../../../contracts/monitoring.ts';
import type { Subscription } from '../../../contracts/notifications.ts';
import { JobStatus } from '../../../contracts/statuses.ts';
import type { JobRecord } from './job-record.ts';

/** What is told of a training, and under which name. */
export interface Announcement {
  readonly event: TrainingEvent;
  readonly notice: TrainingNotice;
}

const eventOf = (action: string, job: JobRecord): TrainingEvent | undefined => {
  if (action === AuditAction.TrainingStarted) return TrainingEvent.Started;
  if (action === AuditAction.TrainingCancelled) return TrainingEvent.Cancelled;
  if (action !== AuditAction.TrainingEnded) return undefined;
  return job.status === JobStatus.Completed ? TrainingEvent.Completed : TrainingEvent.Failed;
};

const named = ['accuracy', 'balancedAccuracy', 'rocAuc', 'logLoss', 'rmse', 'mae', 'r2', 'withinTolerance'] as const;

/** The single numbers of the holdout. */
const numbersOf = (metrics: SideMetrics | null | undefined): Record<string, number> =>
  Object.fromEntries(
    named.flatMap((name) => {
      const value = metrics?.[name];
      return typeof value === 'number' ? [[name, value]] : [];
    }),
  );

/**
 * What an entry of the audit announces of a job.
 *
 * @returns undefined for an entry that announces nothing
 */
export const announcementOf = (entry: AuditRecorded, job: JobRecord): Announcement | undefined => {
  const event = eventOf(entry.action, job);
  const { tenant, model, number, at } = entry;
  if (event === undefined || model === undefined) return undefined;
  const started = event === TrainingEvent.Started;
  const metrics = started ? {} : numbersOf(job.metrics?.holdout);
  return {
    event,
    notice: {
      id: `${tenant}-${number}`,
      tenant,
      model,
      job: job.id,
      at,
      trigger: job.trigger,
      reason: entry.reason,
      ...(started || job.version === undefined ? {} : { version: job.version }),
      ...(Object.keys(metrics).length === 0 ? {} : { metrics }),
      ...(started ? {} : { seconds: job.trainedSeconds, dollars: job.spentDollars }),
    },
  };
};

/** Whether a subscription asks for it: one that names no models, or no events, asks for all. */
export const concerns = (
  { event, notice: { model } }: Announcement,
  { models, events }: Pick<Subscription, 'models' | 'events'>,
): boolean => (models?.includes(model) ?? true) && (events?.includes(event) ?? true);

const rounded = (value: number): string => String(Number(value.toPrecision(4)));

/** A subject line: SNS takes up to 100 ASCII characters. */
export const subjectLine = ({ event, notice: { model, version } }: Announcement): string =>
  `${event}: ${model}${version === undefined ? '' : ` ${version}`}`.slice(0, 100);

/** What a person reads in a mail. */
export const letterOf = (announcement: Announcement): string => {
  const { event, notice } = announcement;
  const numbers = Object.entries(notice.metrics ?? {}).map(([name, value]) => `  ${name}: ${rounded(value)}`);
  return [
    `${event} for the model ${notice.model} (${notice.job}).`,
    `Why: ${notice.reason}`,
    ...(notice.version === undefined ? [] : [`Version: ${notice.version}`]),
    ...(numbers.length === 0 ? [] : ['On the holdout:', ...numbers]),
    ...(notice.seconds === undefined
      ? []
      : [`It trained for ${rounded(notice.seconds)} s, about $${rounded(notice.dollars ?? 0)}.`]),
  ].join('\n');
};

/** An SMS has 160 characters. */
export const shortMessage = (announcement: Announcement): string => {
  const text = `${subjectLine(announcement)}. ${announcement.notice.reason}`;
  return text.length <= 160 ? text : `${text.slice(0, 157)}...`;
};
