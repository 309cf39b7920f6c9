import { JobStatus } from '../../../contracts/statuses.ts';
import type { Job, Progress } from '../../../contracts/training.ts';
import type { JobRecord } from './job-record.ts';
import { typeOf } from './machines.ts';

/** What the training program has printed. */
export interface Printed {
  readonly progress?: Progress | undefined;
  readonly lines: readonly string[];
}

/** A job as the API shows it. */
export const presentJob = (model: string, record: JobRecord, printed?: Printed): Job => ({
  id: record.id,
  model,
  status: record.status,
  trigger: record.trigger,
  reason: record.reason,
  recipe: record.recipe,
  seed: record.seed,
  rollOut: record.rollOut,
  instanceType: typeOf(record),
  spot: record.spot,
  runs: record.runs,
  waiting: record.status === JobStatus.Queued ? record.waiting : undefined,
  cost: { estimated: record.estimatedDollars, spent: record.spentDollars, currency: 'USD' },
  createdAt: record.createdAt,
  startedAt: record.startedAt,
  endedAt: record.endedAt,
  seconds: secondsOf(record),
  dataset: record.snapshot?.dataset,
  version: record.version,
  metrics: record.metrics,
  failure: record.failure,
  progress: printed?.progress,
  logs: printed === undefined ? undefined : [...printed.lines],
});

const secondsOf = ({ startedAt, endedAt }: JobRecord): number | undefined =>
  startedAt === undefined || endedAt === undefined ? undefined : (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
