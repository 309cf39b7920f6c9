/** One worker of the protocol check: tries its share of the sequences, and reports. */
import { parentPort, workerData } from 'node:worker_threads';
import { logger } from '../../functions/platform/telemetry.ts';
import { check, type Trial } from './check.ts';
import { present } from './cloud/present.ts';

const trial = workerData as Omit<Trial, 'progress'>;

logger.setLogLevel('SILENT');
// ElectroDB keeps the stack of each call for errors that never come.
Error.stackTraceLimit = 0;
// CloudWatch reads what functions print.
process.stdout.write = (line: string | Uint8Array): boolean => {
  present().print(String(line));
  return true;
};

const report = await check({ ...trial, progress: (sequences) => parentPort?.postMessage({ sequences }) });
parentPort?.postMessage({ report });
