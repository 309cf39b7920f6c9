/**
 * `npm run bench:training [-- --json FILE] [--quick]`: what a job takes besides its training, how much memory a training
 * takes, and whether trainings let each other and the API live. Quick reads less of each, and writes no page.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { keepTalking } from '../local/log.ts';
import { preparePython } from '../local/set-up/python-environment.ts';
import { readArguments } from './arguments.ts';
import { finish, machine } from './report.ts';
import { measureOverhead } from './training/overhead.ts';
import { writePage } from './training/page.ts';
import { measurePredictions } from './training/predictions.ts';
import { makeTable, trainOn } from './training/program.ts';
import { measureSharing } from './training/sharing.ts';
import { judgeFigures } from './training/summary.ts';
import { startWorld } from './training/world.ts';

const options = { json: { type: 'string' }, quick: { type: 'boolean', default: false } } as const;
const { values } = readArguments('--json FILE --quick', (args) => parseArgs({ args: [...args], options }));
const whole = { cases: 60_000, columns: 50, rounds: 3, trials: 8, jobs: 10, predictions: 300 };
const quick = { cases: 6_000, columns: 50, rounds: 1, trials: 3, jobs: 2, predictions: 100 };
const amount = values.quick ? quick : whole;
const smallCases = 3_000;
/** Of the recipe; whole, it is the recipe's own. */
const budget = values.quick ? { seconds: 10 } : {};

const log = (line: string): void => console.log(`  ${line}`);
let standing = '';
const stands = (line: string): void => {
  standing = line;
};
const say = <Measured>(work: Promise<Measured>): Promise<Measured> => keepTalking(log, () => standing, work);

console.log(`Training on ${machine()}`);
await preparePython({ log, extras: ['torch'] });
const folder = await mkdtemp(join(tmpdir(), 'relearn-bench-training-'));
try {
  const size = `${amount.cases.toLocaleString('en')} × ${amount.columns}`;
  stands(`a training on ${size}`);
  const large = await say(trainOn(await makeTable(folder, amount.cases, amount.columns), budget));
  const small = await makeTable(folder, smallCases, 20);
  const sharing = await say(measureSharing(small, amount.rounds, amount.trials, stands));
  stands('the cloud, and its model');
  const world = await say(startWorld(log));
  try {
    const overhead = await say(measureOverhead(world, amount.jobs, stands));
    const predictions = await say(measurePredictions(world, amount.rounds, amount.predictions, stands));
    const figures = { overhead, large, sharing, predictions };
    const results = judgeFigures(figures, size);
    if (!values.quick) await writePage(results, figures);
    finish(results, values.json, { figures });
    if (!values.quick) console.log('The page with the plot: docs/training.md');
  } finally {
    await world.dispose();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
