/**
 * Machines that SageMaker trains on, of those that recipes here can use: what they have and what they cost.
 * On-demand prices for training in US East (N. Virginia) per hour: https://aws.amazon.com/sagemaker/ai/pricing/
 */
export interface Instance {
  readonly vcpus: number;
  readonly memoryGigabytes: number;
  readonly gpus: number;
  /** US dollars an hour; estimates are made with it, bills are not. */
  readonly dollarsPerHour: number;
}

const cpu = (vcpus: number, memoryGigabytes: number, dollarsPerHour: number): Instance => ({
  vcpus,
  memoryGigabytes,
  gpus: 0,
  dollarsPerHour,
});
const gpu = (vcpus: number, memoryGigabytes: number, dollarsPerHour: number): Instance => ({
  vcpus,
  memoryGigabytes,
  gpus: 1,
  dollarsPerHour,
});

export const instances = {
  'ml.m5.large': cpu(2, 8, 0.115),
  'ml.m5.xlarge': cpu(4, 16, 0.23),
  'ml.m5.2xlarge': cpu(8, 32, 0.461),
  'ml.m5.4xlarge': cpu(16, 64, 0.922),
  'ml.c5.xlarge': cpu(4, 8, 0.204),
  'ml.c5.2xlarge': cpu(8, 16, 0.408),
  'ml.c5.4xlarge': cpu(16, 32, 0.816),
  'ml.g4dn.xlarge': gpu(4, 16, 0.736),
  'ml.g4dn.2xlarge': gpu(8, 32, 0.94),
  'ml.g5.xlarge': gpu(4, 16, 1.408),
  'ml.g5.2xlarge': gpu(8, 32, 1.515),
} as const satisfies Readonly<Record<string, Instance>>;

export type InstanceType = keyof typeof instances;

export const instanceTypes = Object.keys(instances) as [InstanceType, ...InstanceType[]];

/** Share of the on-demand price that spot capacity is taken to cost in an estimate: AWS tells of savings of up to 90%, this is the cautious end. */
export const spotShare = 0.4;
