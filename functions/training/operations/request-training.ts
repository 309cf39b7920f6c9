import { type Model, recipeFaults } from '../../../contracts/model.ts';
import { Problem } from '../../platform/errors.ts';
import { invalidRequest } from '../../platform/read-request.ts';
import type { JobRecord } from '../domain/job-record.ts';
import { chooseRecipe } from '../domain/training-run.ts';
import { Occasion } from '../domain/trigger.ts';
import { considerTraining, type Request, type StartDependencies } from './start-training.ts';

/**
 * Starts a training because an operator asks for it.
 *
 * @throws Problem `invalid-request` for a recipe that does not suit the model, `training-running` naming the job, `over-budget`, or `too-few-cases` with the number needed
 */
export const requestTraining = async (
  dependencies: StartDependencies,
  tenant: string,
  model: Model,
  request: Request,
): Promise<JobRecord> => {
  if (request.recipe !== undefined) {
    const faults = recipeFaults(model, chooseRecipe(model.recipe, request.recipe));
    if (faults.length > 0) throw invalidRequest(faults, 'recipe');
  }
  const considered = await considerTraining(dependencies, tenant, model, Occasion.Request, request);
  const { decision, accepted, activeJob, job } = considered;
  if (job !== undefined) return job;
  if (activeJob !== undefined) throw new Problem('training-running', decision.detail, { job: activeJob });
  if (decision.reason === 'over-budget') throw new Problem('over-budget', decision.detail);
  throw new Problem('too-few-cases', decision.detail, {
    needed: model.policies.training.minimumCases,
    accepted,
  });
};
