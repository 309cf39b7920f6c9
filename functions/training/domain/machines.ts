import { type InstanceType, instances } from '../../../contracts/instances.ts';
import type { Recipe, TrainingPolicy } from '../../../contracts/model.ts';
import { dollarsOf, rounded } from './cost.ts';
import type { JobRecord } from './job-record.ts';

/** Tables are trained on processors; a neural network first of all on a graphics card, and where none is free without. */
const typesOfRecipe: Readonly<Record<Recipe['name'], readonly InstanceType[]>> = {
  tabular: ['ml.m5.large', 'ml.m5.xlarge', 'ml.m5.2xlarge', 'ml.m5.4xlarge'],
  network: ['ml.g4dn.xlarge', 'ml.g5.xlarge', 'ml.m5.xlarge', 'ml.m5.2xlarge', 'ml.m5.4xlarge'],
  drill: ['ml.m5.large', 'ml.m5.xlarge'],
};

/** What a job is trained on, and for how long and how much, as it is asked for. */
export const machinesOf = (
  recipe: Pick<Recipe, 'name'>,
  { instanceTypes, spot, maximumSeconds, maximumRetries }: TrainingPolicy,
) => {
  const types = [...(instanceTypes ?? typesOfRecipe[recipe.name])];
  const [first = 'ml.m5.large'] = types;
  const estimatedDollars = dollarsOf({ instanceType: first, spot, seconds: maximumSeconds });
  return { instanceTypes: types, spot, maximumSeconds, maximumRetries, estimatedDollars };
};

type Demand = Pick<
  JobRecord,
  | 'instanceTypes'
  | 'minimumMemoryGigabytes'
  | 'maximumSeconds'
  | 'trainedSeconds'
  | 'spot'
  | 'spentDollars'
  | 'allowedDollars'
>;

/**
 * The types that a job may be trained on now, the preferred first: all that are allowed, but those of less memory than
 * what ran out before, and those that would take the job beyond what is left of the month's budget.
 */
export const candidatesOf = (job: Demand): readonly InstanceType[] =>
  job.instanceTypes.filter(
    (type) => instances[type].memoryGigabytes >= (job.minimumMemoryGigabytes ?? 0) && isAffordable(job, type),
  );

/** What a job costs at most in all its runs, where the rest of its time is spent on a type; US dollars. */
export const mostDollars = (job: Demand, instanceType: InstanceType): number => {
  const { spot, spentDollars } = job;
  return rounded(spentDollars + dollarsOf({ instanceType, spot, seconds: remainingSeconds(job) }));
};

/** Times and costs of runs are rounded one by one: their sums may lie above the whole by what so many seconds cost. */
const roundingSeconds = 3;

const isAffordable = (job: Demand, type: InstanceType): boolean =>
  job.allowedDollars === undefined ||
  mostDollars(job, type) <=
    job.allowedDollars + dollarsOf({ instanceType: type, spot: job.spot, seconds: roundingSeconds });

/** The type that a job is trained on, or would be next. */
export const typeOf = (job: Demand & Pick<JobRecord, 'run'>): InstanceType =>
  job.run?.instanceType ?? candidatesOf(job)[0] ?? 'ml.m5.large';

/** Gigabytes of the larger ones of the types that a job may be trained on, ascending; empty where there is none. */
export const largerMemories = (job: Demand, type: InstanceType): readonly number[] =>
  candidatesOf(job)
    .map((candidate) => instances[candidate].memoryGigabytes)
    .filter((gigabytes) => gigabytes > instances[type].memoryGigabytes)
    .sort((one, other) => one - other);

/** Seconds that a job's next run may take, 0 or more: what earlier ones took counts, and is in the checkpoint. */
export const remainingSeconds = ({
  maximumSeconds,
  trainedSeconds,
}: Pick<JobRecord, 'maximumSeconds' | 'trainedSeconds'>): number =>
  Math.max(0, Math.ceil(maximumSeconds - trainedSeconds));
