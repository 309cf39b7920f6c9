/** Who is trained next, and on what: decided for all tenants together. */
import type { InstanceType } from '../../../contracts/instances.ts';
import { WaitingReason } from '../../../contracts/training.ts';
import type { Lease } from './capacity.ts';
import type { Refusals } from './job-record.ts';

/** A job whose machine waits for a run. */
export interface WaitingJob {
  readonly tenant: string;
  readonly model: string;
  readonly job: string;
  /** ISO 8601, UTC: when it was asked for. */
  readonly createdAt: string;
  /** The types that it may be trained on, the preferred first. */
  readonly candidates: readonly InstanceType[];
  readonly refusals: Refusals;
}

export type Dispatch<Job extends WaitingJob = WaitingJob> =
  | { readonly kind: 'start'; readonly job: Job; readonly instanceType: InstanceType }
  | {
      readonly kind: 'wait';
      readonly job: Job;
      readonly reason: WaitingReason;
      readonly detail: string;
      /** ISO 8601, UTC; absent where an ending training makes room. */
      readonly nextAttemptAt?: string;
    };

interface Situation<Job extends WaitingJob> {
  readonly waiting: readonly Job[];
  readonly leases: readonly Pick<Lease, 'tenant' | 'instanceType'>[];
  /** How many may be trained at a time on a type. */
  readonly limitOf: (type: InstanceType) => number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const count = <Key>(counts: Map<Key, number>, key: Key): Map<Key, number> =>
  counts.set(key, (counts.get(key) ?? 0) + 1);

/** Below 0 where the first has been asked for earlier. */
const byAge = (one: WaitingJob, other: WaitingJob): number =>
  one.createdAt.localeCompare(other.createdAt) || one.job.localeCompare(other.job);

/**
 * Decides for each waiting job whether it starts now, in the order in which they are served: first the tenant of whom
 * the fewest are trained, then the job that was asked for first. A tenant of whom none is trained waits for nobody who
 * came later, however many jobs the others bring.
 */
export const decideDispatch = <Job extends WaitingJob>(situation: Situation<Job>): readonly Dispatch<Job>[] => {
  const { leases, limitOf, now } = situation;
  const running = leases.reduce((counts, { tenant }) => count(counts, tenant), new Map<string, number>());
  const used = leases.reduce(
    (counts, { instanceType }) => count(counts, instanceType),
    new Map<InstanceType, number>(),
  );
  const refusals = refusalsByTenant(situation.waiting, now);
  const isFull = (type: InstanceType): boolean => (used.get(type) ?? 0) >= limitOf(type);
  const rest = new Set([...situation.waiting].sort(byAge));
  const decisions: Dispatch<Job>[] = [];
  while (rest.size > 0) {
    const job = nextOf(rest, running);
    rest.delete(job);
    const instanceType = job.candidates.find((type) => !isFull(type) && !refusals.get(job.tenant)?.has(type));
    if (instanceType === undefined) {
      decisions.push(waitOf(job, isFull, refusals.get(job.tenant) ?? new Map()));
      continue;
    }
    decisions.push({ kind: 'start', job, instanceType });
    count(used, instanceType);
    count(running, job.tenant);
  }
  return decisions;
};

/** @param rest - by age, not empty */
const nextOf = <Job extends WaitingJob>(rest: ReadonlySet<Job>, running: ReadonlyMap<string, number>): Job =>
  [...rest].reduce((best, job) => ((running.get(job.tenant) ?? 0) < (running.get(best.tenant) ?? 0) ? job : best));

/** Until when a tenant leaves a type alone, because one of its jobs was refused it. */
type RefusedUntil = ReadonlyMap<InstanceType, string>;

/**
 * What one job of a tenant is refused, none of it asks for until then; others try for themselves, because a tenant may
 * have met a fault that is its own.
 */
const refusalsByTenant = (waiting: readonly WaitingJob[], now: number): ReadonlyMap<string, RefusedUntil> => {
  const tenants = new Map<string, Map<InstanceType, string>>();
  for (const { tenant, refusals } of waiting) {
    const own = tenants.get(tenant) ?? new Map<InstanceType, string>();
    for (const [type, { until }] of Object.entries(refusals) as [InstanceType, { until: string }][]) {
      if (Date.parse(until) > now && until > (own.get(type) ?? '')) own.set(type, until);
    }
    tenants.set(tenant, own);
  }
  return tenants;
};

const waitOf = <Job extends WaitingJob>(
  job: Job,
  isFull: (type: InstanceType) => boolean,
  refusedUntil: RefusedUntil,
): Dispatch<Job> => {
  const refused = job.candidates.filter((type) => refusedUntil.has(type));
  const full = job.candidates.filter((type) => isFull(type) && !refusedUntil.has(type));
  const nextAttemptAt = refused.map((type) => refusedUntil.get(type) ?? '').sort()[0];
  const details = [
    ...(full.length === 0 ? [] : [`As many trainings as may be are under way on ${full.join(', ')}.`]),
    ...(refused.length === 0 ? [] : [`The training service gives no ${refused.join(', ')} now.`]),
  ];
  return {
    kind: 'wait',
    job,
    reason: full.length > 0 ? WaitingReason.InstanceLimit : WaitingReason.Capacity,
    detail: `${details.join(' ')} It is tried again by itself.`,
    ...(nextAttemptAt === undefined ? {} : { nextAttemptAt }),
  };
};
