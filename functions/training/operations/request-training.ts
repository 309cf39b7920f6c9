import type { Model } from '../../../contracts/model.ts';
import { Problem } from '../../platform/errors.ts';
import type { JobRecord } from '../domain/job-record.ts';
import { Occasion } from '../domain/trigger.ts';
import { considerTraining, type Request, type StartDependencies } from './start-training.ts';

/**
 * Starts a training because an operator asks for it.
 *
 * @throws Problem `training-running` naming the job, or `too-few-cases` with the number needed
 */
export const requestTraining = async (
  dependencies: StartDependencies,
  tenant: string,
  model: Model,
  request: Request,
): Promise<JobRecord> => {
  const considered = await considerTraining(dependencies, tenant, model, Occasion.Request, request);
  const { decision, accepted, activeJob, job } = considered;
  if (job !== undefined) return job;
  if (activeJob !== undefined) throw new Problem('training-running', decision.detail, { job: activeJob });
  throw new Problem('too-few-cases', decision.detail, {
    needed: model.policies.training.minimumCases,
    accepted,
  });
};
