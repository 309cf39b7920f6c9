import type { JobRecord } from './job-record.ts';

/** Name of the execution of the retrain machine: another attempt, another name, because a name is never free again. */
export const executionName = ({ id, attempt }: Pick<JobRecord, 'id' | 'attempt'>): string => `${id}-${attempt}`;

/**
 * Name of a training job in the training service, such as `relearn-job-01j9z3…-1`: at most 63 letters, digits and `-`.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
 */
export const trainingJobName = (job: string, submission: number): string =>
  `relearn-${job.toLowerCase().replace('_', '-')}-${submission}`;
