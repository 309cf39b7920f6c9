/**
 * `npm run bench:statistics [-- --json FILE --runs N --only ID,… --seed N]`: how often the evidence of a rollout misleads
 * and how soon it decides, beside the methods of the field.
 */
import { parseArgs } from 'node:util';
import { readArguments } from './arguments.ts';
import { finish, textTable } from './report.ts';
import { measureEngine } from './statistics/engine-figures.ts';
import { writePage } from './statistics/page.ts';
import { simulateAll } from './statistics/pool.ts';
import { startProgress } from './statistics/progress.ts';
import { chooseStudies, fullRuns } from './statistics/studies/all.ts';
import { alarmTable } from './statistics/tables/alarms.ts';
import { errorTable } from './statistics/tables/errors.ts';
import { powerTable } from './statistics/tables/power.ts';
import { robustnessTable } from './statistics/tables/robustness.ts';
import { judgeTargets } from './statistics/targets.ts';

const readOptions = (args: readonly string[]) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'string' },
      runs: { type: 'string', default: String(fullRuns) },
      only: { type: 'string', default: '' },
      seed: { type: 'string', default: '1' },
    },
  });
  const wholeNumber = (option: 'runs' | 'seed', least: number): number => {
    const number = Number(values[option]);
    if (Number.isSafeInteger(number) && number >= least) return number;
    throw new Error(`Expected --${option} to be a whole number from ${least}, got ${values[option]}.`);
  };
  const runs = wholeNumber('runs', 100);
  const only = values.only.split(',').filter((id) => id !== '');
  return { json: values.json, runs, only, seed: wholeNumber('seed', 0), studies: chooseStudies(runs, only) };
};

const { json, runs, only, seed, studies } = readArguments('--json FILE --runs N --only ID,… --seed N', readOptions);

console.log(`Statistics: ${studies.length} worlds, ${runs} rollouts for a rate, seed ${seed}`);
const progress = startProgress('simulating rollouts');
const figures = await simulateAll(studies, { seed, onProgress: progress.report });
progress.end();

const isAll = only.length === 0;
const results = [...judgeTargets(figures), ...(isAll ? measureEngine() : [])];
const tables = [errorTable(figures), robustnessTable(figures), powerTable(figures, studies), alarmTable(figures)];
for (const { title, rows } of tables) if (rows.length > 1) console.log(`\n${title}\n\n${textTable(rows)}`);
finish(results, json, { seed, runs, figures });
if (isAll && runs >= fullRuns) {
  await writePage({ results, figures, tables, seed, runs });
  console.log('The page with the plot: docs/statistics.md');
}
