import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { EvaluatedPart, Evaluation } from '../../../contracts/evaluations.ts';
import { EvaluationRequested } from '../../../contracts/events.ts';
import { EvaluationStatus } from '../../../contracts/statuses.ts';
import type { Datasets } from '../../cases/index.ts';
import type { Models, Versions } from '../../models/index.ts';
import { type Clock, timestamp } from '../../platform/clock.ts';
import { notFound, Problem } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import type { EvaluationStore } from './evaluation-store.ts';

export interface RequestDependencies {
  readonly models: Pick<Models, 'get'>;
  readonly versions: Pick<Versions, 'get'>;
  readonly datasets: Pick<Datasets, 'get' | 'newest'>;
  readonly evaluations: Pick<EvaluationStore, 'create'>;
  readonly queue: { readonly client: SQSClient; readonly url: string };
  readonly clock: Clock;
}

/** What is asked for. */
export interface EvaluationRequest {
  readonly tenant: string;
  readonly model: string;
  readonly versions: readonly string[];
  /** @default the newest */
  readonly dataset?: string | undefined;
  readonly part: EvaluatedPart;
}

/**
 * The dataset that is named, or the newest.
 *
 * @throws Problem `not-found`, or `too-few-cases` where the model has none yet
 */
export const expectDataset = async (
  datasets: Pick<Datasets, 'get' | 'newest'>,
  tenant: string,
  model: string,
  id: string | undefined,
) => {
  const dataset = id === undefined ? await datasets.newest(tenant, model) : await datasets.get(tenant, model, id);
  if (dataset !== undefined) return dataset;
  if (id !== undefined) throw notFound(`a dataset ${id} of ${model}`);
  throw new Problem(
    'too-few-cases',
    `Expected a dataset of ${model}, found none. Cut one of its cases: POST one, or relearn suggest --cut.`,
  );
};

/**
 * Puts an evaluation into the queue. Where the message is lost after the evaluation was stored, the caller sees the
 * failure and asks again.
 *
 * @throws Problem `not-found` or `too-few-cases`
 */
export const requestEvaluation = async (
  { models, versions, datasets, evaluations, queue, clock }: RequestDependencies,
  request: EvaluationRequest,
): Promise<Evaluation> => {
  const { tenant, model, part } = request;
  if ((await models.get(tenant, model)) === undefined) throw notFound(`a model ${model}`);
  for (const version of request.versions) {
    if ((await versions.get(tenant, model, version)) === undefined) throw notFound(`a version ${version} of ${model}`);
  }
  const { id: dataset } = await expectDataset(datasets, tenant, model, request.dataset);
  const evaluation: Evaluation = {
    id: newId('evl', clock.now()),
    model,
    status: EvaluationStatus.Running,
    versions: [...request.versions],
    dataset,
    part,
    createdAt: timestamp(clock),
  };
  await evaluations.create(tenant, evaluation);
  const message = EvaluationRequested.parse({ tenant, model, evaluation: evaluation.id });
  await queue.client.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: JSON.stringify(message) }));
  return evaluation;
};
