import { AuditAction } from '../../../contracts/monitoring.ts';
import type { Schedule } from '../../../contracts/training.ts';
import { untilStored } from '../../platform/until-stored.ts';
import type { TrainingState } from '../domain/training-state.ts';
import type { TrainingStore } from '../store/training-store.ts';

/** Stores when a model is trained, in place of what its declaration says. */
export const changeSchedule = (
  store: Pick<TrainingStore, 'state' | 'commit'>,
  tenant: string,
  model: string,
  schedule: Schedule,
  actor: string,
): Promise<TrainingState> =>
  untilStored(`the schedule of ${model}`, async () => {
    const present = await store.state(tenant, model);
    const state = { ...present, schedule, revision: present.revision + 1 };
    const { newCases, days, weekly, enabled } = schedule;
    const entry = {
      action: AuditAction.ScheduleChanged,
      actor,
      subjectOfAction: model,
      reason: enabled ? 'the schedule was changed' : 'the schedule was switched off',
      numbers: { newCases, days, weekly: String(weekly) },
    };
    return (await store.commit(tenant, model, { state, audit: [entry] })) ? state : undefined;
  });
