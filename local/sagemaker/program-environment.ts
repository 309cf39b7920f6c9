import { join } from 'node:path';
import { packageCommands, python, root } from '../paths.ts';
import type { FaultOf } from './faults.ts';
import { jobArn } from './job.ts';
import type { CreateTrainingJob } from './requests.ts';
import type { Command } from './settings.ts';
import { treePaths } from './training-tree.ts';

/** All that a training program sees of the environment. */
export function programEnvironment(request: CreateTrainingJob, tree: string): NodeJS.ProcessEnv {
  const { temporary } = treePaths(tree);
  return {
    PATH: [packageCommands, '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
    HOME: temporary,
    TMPDIR: temporary,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    PYTHONUNBUFFERED: '1',
    // Threads that spin while they wait cost five times the time where cores are shared.
    OMP_WAIT_POLICY: 'PASSIVE',
    GOMP_SPINCOUNT: '0',
    // It would send what it is used for to its makers; on AWS it finds no network.
    ORT_DISABLE_TELEMETRY: '1',
    ...request.Environment,
    TRAINING_JOB_NAME: request.TrainingJobName,
    TRAINING_JOB_ARN: jobArn(request.TrainingJobName),
  };
}

const faultyProgram = join(root, 'local', 'python', 'faulty_program.py');

/** What runs where a program goes wrong; it may run the true one for a while. */
export const faultyCommand = (fault: FaultOf<'program'>, tree: string, command: Command): Command => [
  python,
  faultyProgram,
  JSON.stringify(fault),
  tree,
  ...command,
];
