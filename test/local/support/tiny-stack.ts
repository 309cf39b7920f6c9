import { join } from 'node:path';
import { deploy, type Outputs } from '../../../local/deploy.ts';
import type { TestEmulator } from '../../support/emulator.ts';

/** Deploys the tests' own small app; `extra` is what its context asks for besides. */
export async function deployTinyStack(cloud: TestEmulator, extra = 'nothing'): Promise<Outputs> {
  const app = `node ${join(import.meta.dirname, '..', 'fixtures', 'tiny-app.ts')}`;
  return await deploy({ address: cloud, stateFolder: cloud.stateFolder, log: () => {}, app, context: { extra } });
}
