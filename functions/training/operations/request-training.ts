import { type Model, suitsTask } from '../../../contracts/model.ts';
import { Problem } from '../../platform/errors.ts';
import type { JobRecord } from '../domain/job-record.ts';
import { Occasion } from '../domain/trigger.ts';
import { considerTraining, type Request, type StartDependencies } from './start-training.ts';

/**
 * Starts a training because an operator asks for it.
 *
 * @throws Problem `invalid-request` for a metric of another task, `training-running` naming the job, `over-budget`, or `too-few-cases` with the number needed
 */
export const requestTraining = async (
  dependencies: StartDependencies,
  tenant: string,
  model: Model,
  request: Request,
): Promise<JobRecord> => {
  const metric = request.recipe?.metric;
  if (metric !== undefined && !suitsTask(metric, model.task)) {
    const detail = `expected a metric of ${model.task}; rmse, mse, mae and r2 are those of tabular-regression`;
    const errors = [{ pointer: '/recipe/metric', detail }];
    throw new Problem('invalid-request', `/recipe/metric: ${detail}, got ${metric}.`, { errors });
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
