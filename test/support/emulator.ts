import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '../../local/emulator.ts';
import { prepareCertificates } from '../../local/set-up/certificates.ts';
import { preparePython } from '../../local/set-up/python-environment.ts';

/** An emulator of one test file's own: empty, on free ports, gone without a trace after `dispose`. */
export type TestEmulator = Emulator & { readonly stateFolder: string; dispose(): Promise<void> };

/** Start one in `beforeAll` (about a second), and `dispose` of it in `afterAll`. */
export async function startTestEmulator(): Promise<TestEmulator> {
  const log = () => {};
  await preparePython({ log });
  await prepareCertificates();
  const stateFolder = await mkdtemp(join(tmpdir(), 'relearn-emulator-'));
  const emulator = await startEmulator({ stateFolder, log });
  return {
    ...emulator,
    stateFolder,
    dispose: async () => {
      await emulator.stop();
      await rm(stateFolder, { recursive: true, force: true });
    },
  };
}
