import { join, resolve } from 'node:path';

/** The checkout, and the places in it that the embedded cloud makes and git ignores. */
export const root = resolve(import.meta.dirname, '..');
export const localFolder = join(root, '.relearn');
export const certificateFolder = join(localFolder, 'tls');
export const certificateAuthorityFile = join(certificateFolder, 'ca.pem');
export const virtualEnvironment = join(root, '.venv');
export const python = join(virtualEnvironment, 'bin', 'python');
/** Where `node` and the command lines of the project's packages are; Node 24 whatever the machine's own is. */
export const packageCommands = join(root, 'node_modules', '.bin');
