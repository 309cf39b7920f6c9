import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { account, clientOptions, type EmulatorAddress, region } from './aws-clients.ts';
import { cdkEnvironment } from './cdk-environment.ts';
import { keepTalking, type Log } from './log.ts';
import { packageCommands, root } from './paths.ts';
import { exclusively } from './process-lock.ts';
import { CommandFailedError, runCommand } from './run-command.ts';

export type DeployOptions = {
  readonly address: EmulatorAddress;
  /** Assembly and outputs are written below it. */
  readonly stateFolder: string;
  readonly log: Log;
  /** The command that synthesises. @default the one in cdk.json */
  readonly app?: string;
  /** Context of the app. @default none */
  readonly context?: Readonly<Record<string, string>>;
  /** Gives up. @default never */
  readonly signal?: AbortSignal;
};

/** Outputs of the stacks, by their names. */
export type Outputs = Readonly<Record<string, string>>;

const cdk = join(packageCommands, 'cdk');
const quiet = ['--no-notices', '--no-version-reporting'];

/** The stack could not be synthesised or deployed; the message is what the CDK said. */
export class DeployFailedError extends Error {
  override readonly name = 'DeployFailedError';
}

/**
 * Synthesises the app and deploys all its stacks to the emulator with the CDK's own command line; a stack that is
 * there already is updated in place.
 *
 * @returns the outputs of all stacks together
 * @throws {DeployFailedError} with the error that the CDK printed
 */
export async function deploy(options: DeployOptions): Promise<Outputs> {
  const { stateFolder, log } = options;
  await mkdir(stateFolder, { recursive: true });
  // Of two deploys at once the emulator runs the loser's change set.
  return await exclusively(join(stateFolder, 'deploy.lock'), 'deploying', log, async () => {
    try {
      return await bootstrapSynthesiseDeploy(options);
    } catch (error) {
      if (error instanceof CommandFailedError) {
        throw new DeployFailedError(`The stack could not be deployed to the embedded cloud. ${error.message}`);
      }
      throw error;
    }
  });
}

async function bootstrapSynthesiseDeploy(options: DeployOptions): Promise<Outputs> {
  const { address, stateFolder, log, app, context = {} } = options;
  if (!(await isBootstrapped(address))) {
    // Away from the app, which it would synthesise without bundling.
    const bootstrap = ['bootstrap', `aws://${account}/${region}`, '--ca-bundle-path', address.caFile, ...quiet];
    await run(bootstrap, stateFolder, 'preparing the account for the CDK', options);
  }
  const assembly = join(stateFolder, 'cdk.out');
  const settings = Object.entries(context).flatMap(([name, value]) => ['--context', `${name}=${value}`]);
  const synthesise = ['synth', '--quiet', '--output', assembly, ...settings, ...(app ? ['--app', app] : []), ...quiet];
  log('synthesising the stack');
  await run(synthesise, root, 'synthesising the stack', options);

  const outputsFile = join(stateFolder, 'outputs.json');
  const choices = ['--all', '--require-approval', 'never', '--progress', 'events', '--method', 'direct'];
  const files = ['--app', assembly, '--outputs-file', outputsFile, '--ca-bundle-path', address.caFile];
  log('deploying the stack');
  await run(['deploy', ...choices, ...files, ...quiet], stateFolder, 'deploying the stack', options);
  const byStack = JSON.parse(await readFile(outputsFile, 'utf8')) as Record<string, Outputs>;
  return Object.assign({}, ...Object.values(byStack));
}

async function run(
  parameters: readonly string[],
  cwd: string,
  doing: string,
  { address, log, signal }: DeployOptions,
): Promise<void> {
  let resources = 0;
  const running = runCommand(cdk, parameters, {
    cwd,
    env: cdkEnvironment(address),
    ...(signal && { signal }),
    isTelling: (line) => line.trim() !== '' && !isProgress(line),
    onLine: (line) => {
      resources += isProgress(line) && line.includes('_COMPLETE ') ? 1 : 0;
    },
  });
  await keepTalking(log, () => (resources > 0 ? `${doing}, ${resources} resources done` : doing), running);
}

/** `Relearn | 3/20 | 12:19:49 PM | CREATE_COMPLETE | AWS::IAM::Role | …` for a resource that did not fail. */
function isProgress(line: string): boolean {
  return /\| +[A-Z]+_(IN_PROGRESS|COMPLETE) +\|/.test(line);
}

async function isBootstrapped(address: EmulatorAddress): Promise<boolean> {
  const client = new CloudFormationClient(clientOptions(address));
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: 'CDKToolkit' }));
    return Stacks[0]?.StackStatus?.endsWith('_COMPLETE') ?? false;
  } catch {
    return false;
  } finally {
    client.destroy();
  }
}
