import { TestEnvironment } from 'jest-environment-node';

/**
 * Native modules check values against the typed arrays of the host's realm, while Jest gives each test file a
 * realm of its own: onnxruntime-node would refuse every tensor. So the host's are put in place of the realm's.
 */
export default class NativeModulesEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    for (const name of ['Float32Array', 'Float64Array', 'Int32Array', 'BigInt64Array', 'Uint8Array', 'ArrayBuffer']) {
      this.global[name] = globalThis[name];
    }
  }
}
