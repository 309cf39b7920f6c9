import * as z from 'zod';
import { type InstanceType, instanceTypes } from './instances.ts';

const WholeNumber = z
  .string()
  .regex(/^\d{1,4}$/, 'expected a whole number of at most 4 digits')
  .transform(Number);

/**
 * How many trainings may run at a time on machines of a type, over all tenants; as `default=4,ml.g5.xlarge=1`.
 * A type that is not named has the default, which is 4 where that is not named either.
 */
export const TrainingLimits = z
  .string()
  .transform((text) =>
    Object.fromEntries(
      text
        .split(',')
        .filter(Boolean)
        .map((pair) => pair.split('=')),
    ),
  )
  .pipe(z.partialRecord(z.enum(['default', ...instanceTypes]), WholeNumber));
export type TrainingLimits = z.infer<typeof TrainingLimits>;

const defaultLimit = 4;

export const limitOf = (limits: TrainingLimits, type: InstanceType): number =>
  limits[type] ?? limits.default ?? defaultLimit;
