/**
 * Places on machines. Each run at the training service holds a lease from before it is started until it has ended;
 * leases of one instance type stand on one item, so that no two dispatchers give the last place away twice.
 */
import type { InstanceType } from '../../../contracts/instances.ts';

/** A place on a machine, held by a run. */
export interface Lease {
  readonly instanceType: InstanceType;
  /** Name of the run at the training service. */
  readonly run: string;
  readonly tenant: string;
  readonly model: string;
  readonly job: string;
  readonly spot: boolean;
  /** Of the job once it has this run: tells apart those that try for the same run. */
  readonly revision: number;
  /** ISO 8601, UTC. */
  readonly since: string;
}

/**
 * The leases of one type with one more. A lease of the same run gives way to a newer one.
 *
 * @returns undefined where there is no place
 */
export const admit = (held: readonly Lease[], lease: Lease, limit: number): readonly Lease[] | undefined => {
  const others = held.filter(({ run }) => run !== lease.run);
  const same = held.find(({ run }) => run === lease.run);
  if (same !== undefined && same.revision >= lease.revision) return held;
  if (same === undefined && others.length >= limit) return undefined;
  return [...others, lease];
};

/** The leases of one type without that of a run. @param revision - and no newer one. @default whichever */
export const dismiss = (
  held: readonly Lease[],
  run: string,
  revision: number = Number.POSITIVE_INFINITY,
): readonly Lease[] => held.filter((lease) => lease.run !== run || lease.revision > revision);

const firstSeconds = 20;
const longestSeconds = 900;

/**
 * How long a type is left alone after it was refused: exponential, with half of it drawn, so that jobs that were
 * refused together do not come back together.
 *
 * @param times - that it was refused in a row, from 1
 * @param random - uniform in [0, 1)
 * @returns seconds
 */
export const backoffSeconds = (times: number, random: number): number => {
  const whole = Math.min(longestSeconds, firstSeconds * 2 ** (times - 1));
  return (whole / 2) * (1 + random);
};
