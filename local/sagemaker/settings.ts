import { join } from 'node:path';
import { python, root } from '../paths.ts';

/** A program and its parameters. */
export type Command = readonly [program: string, ...parameters: string[]];

export type TrainingSettings = {
  /** What runs for a `TrainingImage`, given the folder that stands for `/opt/ml`. @default the training container's program, whatever the image */
  readonly commandOf: (image: string, tree: string) => Command;
  /** How many jobs train at a time; the others wait as `Starting`. @default 1 */
  readonly concurrentJobs: number;
  /** Seconds between SIGTERM and SIGKILL. @default 120, as SageMaker gives */
  readonly stopSeconds: number;
  /** Seconds between two looks at what has changed in the folder of checkpoints. @default 3 */
  readonly checkpointSeconds: number;
  /** Seconds between two looks at a program: at its disk, and at what a fault has in store for it. @default 1 */
  readonly watchSeconds: number;
  /** Source of the job-state event. @default relearn.sagemaker, because PutEvents refuses `aws.` */
  readonly eventSource: string;
};

const trainingProgram = join(root, 'training-container', 'programs', 'train.py');

export const defaultTrainingSettings: TrainingSettings = {
  commandOf: (_image, tree) => [python, trainingProgram, 'train', '--root', tree],
  concurrentJobs: 1,
  stopSeconds: 120,
  checkpointSeconds: 3,
  watchSeconds: 1,
  eventSource: 'relearn.sagemaker',
};
