import * as z from 'zod';
import { JobId, Timestamp } from '../../../contracts/identifiers.ts';
import type { TrainingPolicy } from '../../../contracts/model.ts';
import { Schedule, type ScheduleState } from '../../../contracts/training.ts';

/** What the trainings of a model have in common: one item, changed by a condition on its revision. */
export const TrainingState = z.strictObject({
  activeJob: JobId.optional().meta({ description: 'the one job that has not ended; nothing else may start one' }),
  lastTrainedAt: Timestamp.optional(),
  holdOff: z
    .strictObject({ job: JobId, newCases: z.int().min(1) })
    .optional()
    .meta({ description: 'a job ended without a version: the count trigger waits for this many new cases' }),
  dueSince: Timestamp.optional().meta({
    description: 'there were enough new cases for the count trigger, which waits for those that come together',
  }),
  schedule: Schedule.optional().meta({ description: "in place of the declaration's policy" }),
  revision: z.int().min(0),
});
export type TrainingState = z.infer<typeof TrainingState>;

/** Of a model of which nothing is stored yet. */
export const neverTrained: TrainingState = { revision: 0 };

/** When the model is trained: by what an operator stored, else by its declaration. */
export const scheduleOf = (
  { schedule }: Pick<TrainingState, 'schedule'>,
  { newCases, days, weekly }: Pick<TrainingPolicy, 'newCases' | 'days' | 'weekly'>,
): Schedule => schedule ?? { newCases, days, weekly, enabled: true };

/** The schedule as the API shows it. @param newCases - accepted since the last training */
export const presentSchedule = (state: TrainingState, policy: TrainingPolicy, newCases: number): ScheduleState => ({
  ...scheduleOf(state, policy),
  sinceTraining: newCases,
  lastTrainedAt: state.lastTrainedAt,
});

const holdOffShare = 0.1;

/**
 * How many new cases the count trigger waits for after a job that made no version: a tenth more than there were, at
 * least one. Without it every further case would start the same failure again.
 */
export const casesAfterFailure = (newCases: number): number =>
  newCases + Math.max(1, Math.ceil(newCases * holdOffShare));
