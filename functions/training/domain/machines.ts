import { type InstanceType, instances } from '../../../contracts/instances.ts';
import type { Recipe, TrainingPolicy } from '../../../contracts/model.ts';
import { dollarsOf } from './cost.ts';
import type { JobRecord } from './job-record.ts';

/** Tables are trained on processors; a neural network first of all on a graphics card, and where none is free without. */
const typesOfRecipe: Readonly<Record<Recipe['name'], readonly InstanceType[]>> = {
  tabular: ['ml.m5.large', 'ml.m5.xlarge', 'ml.m5.2xlarge', 'ml.m5.4xlarge'],
  network: ['ml.g4dn.xlarge', 'ml.g5.xlarge', 'ml.m5.xlarge', 'ml.m5.2xlarge', 'ml.m5.4xlarge'],
  drill: ['ml.m5.large', 'ml.m5.xlarge'],
};

/** What a job is trained on, and at most for how long and how much, as it is asked for. */
export const machinesOf = (
  recipe: Pick<Recipe, 'name'>,
  { instanceTypes, spot, maximumSeconds, maximumRetries }: TrainingPolicy,
) => {
  const types = [...(instanceTypes ?? typesOfRecipe[recipe.name])];
  const [first = 'ml.m5.large'] = types;
  const estimatedDollars = dollarsOf({ instanceType: first, spot, seconds: maximumSeconds });
  return { instanceTypes: types, spot, maximumSeconds, maximumRetries, estimatedDollars };
};

type Demand = Pick<JobRecord, 'instanceTypes' | 'minimumMemoryGigabytes'>;

/** The types that a job may be trained on now, the preferred first: all that are allowed, until its memory ran out. */
export const candidatesOf = ({ instanceTypes, minimumMemoryGigabytes = 0 }: Demand): readonly InstanceType[] =>
  instanceTypes.filter((type) => instances[type].memoryGigabytes >= minimumMemoryGigabytes);

/** The type that a job is trained on, or would be next. */
export const typeOf = (job: Demand & Pick<JobRecord, 'run'>): InstanceType =>
  job.run?.instanceType ?? candidatesOf(job)[0] ?? 'ml.m5.large';

/** The memory of the next larger of the types that a job may be trained on; undefined where there is none. */
export const nextMemory = (job: Demand, type: InstanceType): number | undefined => {
  const larger = candidatesOf(job)
    .map((candidate) => instances[candidate].memoryGigabytes)
    .filter((gigabytes) => gigabytes > instances[type].memoryGigabytes);
  return larger.length === 0 ? undefined : Math.min(...larger);
};

/** Seconds below which no run is worth its start. */
const shortestSeconds = 60;

/** Seconds that a job's next run may take: what earlier ones took counts, and is carried on by the checkpoint. */
export const remainingSeconds = ({
  maximumSeconds,
  trainedSeconds,
}: Pick<JobRecord, 'maximumSeconds' | 'trainedSeconds'>): number =>
  Math.min(maximumSeconds, Math.max(shortestSeconds, Math.ceil(maximumSeconds - trainedSeconds)));
