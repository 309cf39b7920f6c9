import { dayMilliseconds } from '../../../contracts/durations.ts';
import { dayOf } from '../../../contracts/label-delays.ts';
import type { Clock } from '../../platform/clock.ts';

/** Days of outcomes that tell what a model's traffic is like now. */
const measuredDays = 28;

/** @returns the first of the days by which traffic is measured: YYYY-MM-DD, UTC */
export const firstMeasuredDay = (clock: Clock): string => dayOf(clock.now() - measuredDays * dayMilliseconds);
