import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type Interpreter = {
  readonly command: string;
  /** Major, minor and patch, as in `3.11.7`. */
  readonly version: string;
};

const oldest = { major: 3, minor: 11 };
/** The plain name first: it is the one that the user chose. */
const commands = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python'];

/**
 * Finds a Python on the path that is new enough and can make virtual environments.
 *
 * @throws {PythonMissingError} where none is; the message names what was found and how to get one
 */
export async function findInterpreter(): Promise<Interpreter> {
  const found: string[] = [];
  for (const command of commands) {
    const version = await versionOf(command);
    if (version === undefined) {
      continue;
    }
    found.push(`${command} is ${version}`);
    if (isNewEnough(version)) {
      await requireVirtualEnvironments(command);
      return { command, version };
    }
  }
  throw new PythonMissingError(
    `Relearn needs Python ${oldest.major}.${oldest.minor} or newer, and found ` +
      `${found.length > 0 ? found.join(', ') : 'none on the path'}. Install it and try again.`,
  );
}

class PythonMissingError extends Error {
  override readonly name = 'PythonMissingError';
}

/** Whether `version` (`3.11.7`) is one that the project's pinned packages support. */
export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > oldest.major || (major === oldest.major && minor >= oldest.minor);
}

async function versionOf(command: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(command, ['-c', 'import platform; print(platform.python_version())']);
    return stdout.trim();
  } catch {
    return undefined;
  }
}

async function requireVirtualEnvironments(command: string): Promise<void> {
  try {
    // Debian ships Python without ensurepip until python3-venv is installed.
    await run(command, ['-c', 'import ensurepip, venv']);
  } catch (cause) {
    throw new PythonMissingError(
      `${command} cannot make virtual environments: its modules venv and ensurepip are missing. ` +
        'On Debian and Ubuntu, run: apt-get install python3-venv',
      { cause },
    );
  }
}
