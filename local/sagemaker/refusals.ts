import { AwsError } from './aws-error.ts';
import type { FaultList } from './fault-list.ts';
import type { RefusalError } from './faults.ts';
import { isAlive, type Job } from './job.ts';
import type { CreateTrainingJob } from './requests.ts';

/** How AWS says that a type of instance is not to be had. */
export const noCapacity =
  'Unable to provision requested ML compute capacity. Please retry using a different ML instance type.';

/**
 * Refuses a job that the account has no more room for, or that a fault strikes.
 *
 * @param jobs all that there are
 * @throws {AwsError} as AWS does
 */
export function requireAccepted(request: CreateTrainingJob, jobs: readonly Job[], faults: FaultList): void {
  const fault = faults.take('refused', request);
  if (fault) {
    throw refusal(fault.error, request);
  }
  const used = jobs.filter((job) => isAlive(job) && usageOf(job.request) === usageOf(request)).length;
  const quota = faults.take('instance-limit', request, ({ limit }) => used >= limit);
  if (quota) {
    throw limitExceeded(request, quota.limit, used);
  }
}

function refusal(error: RefusalError, request: CreateTrainingJob): AwsError {
  switch (error) {
    case 'ResourceLimitExceeded':
      return limitExceeded(request, 0, 0);
    case 'ThrottlingException':
      return new AwsError(error, 'Rate exceeded');
    case 'InternalServerError':
      return new AwsError(error, 'We encountered an internal error. Please try again.', 500);
    default:
      return new AwsError(error, noCapacity);
  }
}

function limitExceeded(request: CreateTrainingJob, limit: number, used: number): AwsError {
  return new AwsError(
    'ResourceLimitExceeded',
    `The account-level service limit '${usageOf(request)}' is ${limit} Instances, with current utilization of ${used} ` +
      'Instances and a request delta of 1 Instances. Please use AWS Service Quotas to request an increase for this quota.',
  );
}

/** The name of the quota that a job counts towards: spot capacity has its own. */
function usageOf({ ResourceConfig, EnableManagedSpotTraining = false }: CreateTrainingJob): string {
  return `${ResourceConfig.InstanceType} for ${EnableManagedSpotTraining ? 'spot ' : ''}training job usage`;
}
