import { spotShare } from '../../contracts/instances.ts';
import { type Job, jobArn, modelArtifactUri, trainedMilliseconds } from './job.ts';
import type { ListTrainingJobs } from './requests.ts';
import { hasEnded } from './statuses.ts';

type Time = (milliseconds: number) => number;
/** JSON 1.1 carries times as seconds, events carry them as milliseconds. */
const seconds: Time = (milliseconds) => milliseconds / 1000;
const milliseconds: Time = (value) => value;

/** The answer to `DescribeTrainingJob`. */
export const describeJob = (job: Job) => ({ ...shared(job, seconds), ...usage(job) });

/** The detail of the event `SageMaker Training Job State Change`. */
export const eventDetail = (job: Job) => shared(job, milliseconds);

function shared(job: Job, time: Time) {
  // Tags are given by another call of the API.
  const { Tags: _tags, ...request } = job.request;
  return {
    ...request,
    TrainingJobArn: jobArn(request.TrainingJobName),
    ModelArtifacts: { S3ModelArtifacts: modelArtifactUri(job.request) },
    TrainingJobStatus: job.status,
    SecondaryStatus: job.secondaryStatus,
    ...(job.failureReason !== undefined && { FailureReason: job.failureReason }),
    CreationTime: time(job.createdAt),
    LastModifiedTime: time(job.modifiedAt),
    ...(job.trainingStartedAt !== undefined && { TrainingStartTime: time(job.trainingStartedAt) }),
    ...(job.trainingEndedAt !== undefined && { TrainingEndTime: time(job.trainingEndedAt) }),
    SecondaryStatusTransitions: job.transitions.map(({ status, start, end, message }) => ({
      Status: status,
      StartTime: time(start),
      ...(end !== undefined && { EndTime: time(end) }),
      StatusMessage: message,
    })),
  };
}

function usage(job: Job) {
  const { trainingStartedAt, trainingEndedAt } = job;
  if (trainingStartedAt === undefined || trainingEndedAt === undefined) {
    return {};
  }
  const ran = Math.max(1, Math.round(trainedMilliseconds(job, trainingEndedAt) / 1000));
  const share = job.request.EnableManagedSpotTraining ? spotShare : 1;
  return { TrainingTimeInSeconds: ran, BillableTimeInSeconds: Math.ceil(ran * share) };
}

/** The answer to `ListTrainingJobs`: one page of what the filters leave, in the order asked for. */
export function listJobs(jobs: readonly Job[], request: ListTrainingJobs) {
  const ordered = jobs.filter((job) => matches(job, request)).sort(order(request));
  const offset = request.NextToken === undefined ? 0 : Number(Buffer.from(request.NextToken, 'base64url').toString());
  const page = ordered.slice(offset, offset + request.MaxResults);
  const next = offset + page.length;
  return {
    TrainingJobSummaries: page.map(summarise),
    ...(next < ordered.length && { NextToken: Buffer.from(String(next)).toString('base64url') }),
  };
}

function summarise(job: Job) {
  const { TrainingJobName } = job.request;
  return {
    TrainingJobName,
    TrainingJobArn: jobArn(TrainingJobName),
    CreationTime: seconds(job.createdAt),
    LastModifiedTime: seconds(job.modifiedAt),
    ...(hasEnded(job.status) && { TrainingEndTime: seconds(job.trainingEndedAt ?? job.modifiedAt) }),
    TrainingJobStatus: job.status,
    SecondaryStatus: job.secondaryStatus,
  };
}

function matches(job: Job, request: ListTrainingJobs): boolean {
  const created = seconds(job.createdAt);
  const modified = seconds(job.modifiedAt);
  return (
    job.request.TrainingJobName.includes(request.NameContains ?? '') &&
    (request.StatusEquals === undefined || job.status === request.StatusEquals) &&
    created > (request.CreationTimeAfter ?? Number.NEGATIVE_INFINITY) &&
    created < (request.CreationTimeBefore ?? Number.POSITIVE_INFINITY) &&
    modified > (request.LastModifiedTimeAfter ?? Number.NEGATIVE_INFINITY) &&
    modified < (request.LastModifiedTimeBefore ?? Number.POSITIVE_INFINITY)
  );
}

const byName = (a: Job, b: Job) => a.request.TrainingJobName.localeCompare(b.request.TrainingJobName);
const comparators: Readonly<Record<ListTrainingJobs['SortBy'], (a: Job, b: Job) => number>> = {
  Name: byName,
  CreationTime: (a, b) => a.createdAt - b.createdAt,
  Status: (a, b) => a.status.localeCompare(b.status),
};

function order({ SortBy, SortOrder }: ListTrainingJobs): (a: Job, b: Job) => number {
  const sign = SortOrder === 'Ascending' ? 1 : -1;
  return (a, b) => sign * (comparators[SortBy](a, b) || byName(a, b));
}
