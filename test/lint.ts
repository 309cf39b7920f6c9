import { preparePython } from '../local/set-up/python-environment.ts';
import { runGates } from './gates.ts';

await preparePython({ log: console.log });
const { failed } = await runGates();
process.exitCode = failed === 0 ? 0 : 1;
