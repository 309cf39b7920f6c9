/** `npm run bench:datasets [-- --json FILE]`: what a dataset costs by how many cases are new, and how many are old. */
import { keepTalking } from '../local/log.ts';
import { startTestServices } from '../test/support/services.ts';
import { readJsonArgument } from './arguments.ts';
import { openMeasurement } from './datasets/measure.ts';
import { writePage } from './datasets/page.ts';
import { judgeSizes, rowsOf } from './datasets/summary.ts';
import { finish, machine, textTable } from './report.ts';

const sizes = [10_000, 50_000, 100_000, 300_000, 1_000_000];

const { json } = readJsonArgument();
const log = (line: string): void => console.log(`  ${line}`);

console.log(`Datasets on ${machine()}`);
const services = await startTestServices();
try {
  const measure = openMeasurement(services);
  const measured = [];
  for (const size of sizes) {
    measured.push(await keepTalking(log, `with ${size.toLocaleString('en')} old cases`, measure(size)));
  }
  const results = judgeSizes(measured);
  await writePage(results, measured);
  console.log(`\n${textTable(rowsOf(measured))}`);
  finish(results, json, { measured });
  console.log('The page with the plot: docs/datasets.md');
} finally {
  await services.dispose();
}
