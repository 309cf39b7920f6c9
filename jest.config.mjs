// onnxruntime would report its use to its maker. Workers take it over.
process.env.ORT_DISABLE_TELEMETRY = '1';

/** Tests run as ES modules on Node 24; `npm test` sets the flag that Jest needs for it. */
export default {
  // Modules of tests that ended stay in a worker's memory, and slow down those that come after them.
  workerIdleMemoryLimit: '600MB',
  testSequencer: '<rootDir>/test/support/sequencer.mjs',
  testEnvironment: '<rootDir>/test/support/node-environment.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } },
    ],
  },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // Most tests have an emulator; on a busy machine it takes its time.
  testTimeout: 60_000,
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '<rootDir>/.relearn', '<rootDir>/.venv', '<rootDir>/dist'],
};
