import type { Model } from '../../../contracts/model.ts';
import { JobStatus } from '../../../contracts/statuses.ts';
import type { JobTrigger, NewJob } from '../../../contracts/training.ts';
import type { JobRecord } from './job-record.ts';

/** Why a model is trained, and how. */
export interface JobRequest {
  readonly trigger: JobTrigger;
  readonly reason: string;
  /** What a person chose for this job alone. @default the model's recipe, seed 0, rolled out */
  readonly choices?: Pick<NewJob, 'recipe' | 'seed' | 'rollOut'>;
}

/** A job that is about to start. The parts of the recipe that were not chosen are the model's. */
export const planJob = (
  tenant: string,
  { name: model, recipe, policies }: Model,
  { trigger, reason, choices }: JobRequest,
  id: string,
  createdAt: string,
): JobRecord => ({
  tenant,
  model,
  id,
  revision: 1,
  status: JobStatus.Queued,
  trigger,
  reason,
  recipe: {
    name: choices?.recipe?.name ?? recipe.name,
    metric: choices?.recipe?.metric ?? recipe.metric,
    parameters: choices?.recipe?.parameters ?? recipe.parameters,
  },
  seed: choices?.seed ?? 0,
  rollOut: choices?.rollOut ?? true,
  instanceType: policies.training.instanceType,
  maximumSeconds: policies.training.maximumSeconds,
  createdAt,
  attempt: 1,
  submissions: 0,
});
