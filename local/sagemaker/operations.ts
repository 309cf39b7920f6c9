import type { EmulatorAddress } from '../aws-clients.ts';
import { AwsError, notFound, validationError } from './aws-error.ts';
import { describeJob, listJobs } from './descriptions.ts';
import type { FaultList } from './fault-list.ts';
import { isAlive, type Job, jobArn } from './job.ts';
import type { JobHost } from './job-host.ts';
import type { JobStore } from './job-store.ts';
import { requireAccepted } from './refusals.ts';
import { CreateTrainingJob, ListTrainingJobs, NamedTrainingJob, parseRequest, requireWaitingTime } from './requests.ts';
import { requireAssumable } from './role-credentials.ts';

type Dependencies = {
  readonly address: EmulatorAddress;
  readonly store: JobStore;
  readonly host: JobHost;
  readonly faults: FaultList;
};

/** An operation takes the parsed body of a request that is allowed, and gives the body of the answer. */
type Operation = (body: unknown, dependencies: Dependencies) => Promise<object>;

/** The operations of the SageMaker API that this endpoint has, by their names. */
export const operations: Readonly<Record<string, Operation>> = {
  async CreateTrainingJob(body, { address, store, host, faults }) {
    const request = parseRequest(CreateTrainingJob, body);
    requireWaitingTime(request);
    const name = request.TrainingJobName;
    await requireAssumable(address, request.RoleArn);
    if (store.get(name)) {
      throw new AwsError(
        'ResourceInUse',
        `Training job names must be unique within an AWS account and region, and a training job with this name already exists (${jobArn(name)})`,
      );
    }
    requireAccepted(request, store.all(), faults);
    await host.create(request);
    return { TrainingJobArn: jobArn(name) };
  },

  async DescribeTrainingJob(body, { store }) {
    return describeJob(find(store, body));
  },

  async StopTrainingJob(body, { store, host }) {
    const job = find(store, body);
    if (!isAlive(job)) {
      throw validationError(`The request was rejected because the training job is in status ${job.status}.`);
    }
    await host.stop(job.request.TrainingJobName);
    return {};
  },

  async ListTrainingJobs(body, { store }) {
    return listJobs(store.all(), parseRequest(ListTrainingJobs, body));
  },
};

function find(store: JobStore, body: unknown): Job {
  const job = store.get(parseRequest(NamedTrainingJob, body).TrainingJobName);
  if (!job) {
    throw notFound();
  }
  return job;
}
