import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { certificateFolder, python, root } from '../paths.ts';

const run = promisify(execFile);

/** Makes the local certificate authority and the emulator's certificate in `.relearn/tls`, unless they are valid. */
export async function prepareCertificates(): Promise<void> {
  await run(python, [join(root, 'local', 'python', 'certificates.py'), certificateFolder]);
}
