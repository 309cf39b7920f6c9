import { type InstanceType, instances, spotShare } from '../../../contracts/instances.ts';
import type { RunState } from './run-state.ts';

interface Usage {
  readonly instanceType: InstanceType;
  readonly spot: boolean;
  readonly seconds: number;
}

const hourSeconds = 3600;
/** No estimate is better than a thousandth of a cent. */
const fractions = 100_000;

/** US dollars as they are kept and compared: sums of them have no digits that mean nothing. */
export const rounded = (dollars: number): number => Math.round(dollars * fractions) / fractions;

/** US dollars that so many seconds on a machine cost, by the list of prices. */
export const dollarsOf = ({ instanceType, spot, seconds }: Usage): number =>
  rounded(instances[instanceType].dollarsPerHour * (spot ? spotShare : 1) * (seconds / hourSeconds));

/** Seconds that a run which has ended had its machine for its program: only these are paid. */
export const secondsOf = ({ startedAt, endedAt }: Pick<RunState, 'startedAt' | 'endedAt'>): number =>
  startedAt === undefined || endedAt === undefined ? 0 : Math.max(0, (endedAt - startedAt) / 1000);
