import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { region } from './aws-clients.ts';
import { certificateAuthorityFile, packageCommands, root } from './paths.ts';

/** Taken over from the user: what programs need to run at all, and nothing that could change what functions do. */
const inherited = ['LANG', 'LC_ALL', 'SYSTEMROOT'];

/**
 * The folder that functions run in and take for their `/tmp`, for an emulator that keeps its state in `stateFolder`.
 *
 * Outside the checkout: below it, Node would take a function's files for parts of this package, and find for it what
 * its bundle lacks. Always the same one, so that a start clears what a kill left behind; the launcher does, once it
 * has the state folder for itself.
 */
export function temporaryFolder(stateFolder: string): string {
  const digest = createHash('sha256').update(resolve(stateFolder)).digest('hex').slice(0, 12);
  return join(realpathSync(tmpdir()), `relearn-${process.getuid?.() ?? 0}-${digest}`);
}

/**
 * The whole environment of the emulator, and so of every function: as empty as Lambda's, Node 24 first on the path.
 *
 * @param additional what functions need besides, such as the URL of a service that the emulator does not have
 */
export async function emulatorEnvironment(
  stateFolder: string,
  additional: Readonly<Record<string, string>>,
): Promise<NodeJS.ProcessEnv> {
  const temporary = temporaryFolder(stateFolder);
  const kept = inherited.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return {
    ...Object.fromEntries(kept),
    PATH: [packageCommands, dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
    HOME: temporary,
    TMPDIR: temporary,
    TZ: 'UTC',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    NODE_EXTRA_CA_CERTS: certificateAuthorityFile,
    AWS_CA_BUNDLE: certificateAuthorityFile,
    NODE_PATH: await runtimeModules(stateFolder),
    ...additional,
  };
}

/**
 * A folder with nothing but the AWS SDK, which Lambda's own runtime holds too.
 *
 * CDK's custom-resource functions are not bundled and load it from there; the project's other packages must stay
 * out of sight, or a function whose bundle lacks one would work here and fail on AWS.
 */
async function runtimeModules(stateFolder: string): Promise<string> {
  const modules = join(stateFolder, 'runtime', 'node_modules');
  const link = join(modules, '@aws-sdk');
  await rm(link, { force: true });
  mkdirSync(modules, { recursive: true });
  symlinkSync(join(root, 'node_modules', '@aws-sdk'), link);
  return modules;
}
