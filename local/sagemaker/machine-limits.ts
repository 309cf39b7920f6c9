import { lstat } from 'node:fs/promises';
import { type InstanceType, instances } from '../../contracts/instances.ts';
import { filesBelow } from './archives.ts';
import type { FaultList } from './fault-list.ts';
import type { FaultOf } from './faults.ts';
import type { CreateTrainingJob } from './requests.ts';

/** What the machine of a job has, in bytes. */
export type MachineLimits = {
  /** Of the volume that holds the tree. */
  readonly disk: number;
  /** Undefined where it is not watched over: the memory is that of this machine then. */
  readonly memory: number | undefined;
};

const gigabyte = 2 ** 30;
const megabyte = 2 ** 20;
/** Of the disk that a fault fills, where nothing else limits it: a person's own disk must not be. */
const filledMegabytes = 64;

/** What the machine of a job has, by its request and the faults that strike it. */
export function machineLimits(
  request: CreateTrainingJob,
  faults: FaultList,
  program: FaultOf<'program'> | undefined,
): MachineLimits {
  const { InstanceType, VolumeSizeInGB } = request.ResourceConfig;
  const fills = program?.behaviour === 'fill-disk' ? filledMegabytes : Number.POSITIVE_INFINITY;
  const small = faults.take('disk-limit', request)?.megabytes ?? fills;
  const short = faults.take('memory-limit', request);
  const own = instances[InstanceType as InstanceType]?.memoryGigabytes ?? Number.POSITIVE_INFINITY;
  return {
    disk: Math.min(VolumeSizeInGB * gigabyte, small * megabyte),
    memory: short && (short.megabytes === undefined ? own * gigabyte : short.megabytes * megabyte),
  };
}

/** Bytes of the files below a folder; of what is deleted meanwhile, none. */
export async function bytesBelow(folder: string): Promise<number> {
  const files = await filesBelow(folder).catch(() => []);
  const sizes = await Promise.all(files.map(async (file) => (await lstat(file).catch(() => undefined))?.size ?? 0));
  return sizes.reduce((sum, size) => sum + size, 0);
}
