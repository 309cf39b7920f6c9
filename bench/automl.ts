/**
 * `npm run bench:automl [-- --seconds N --tables a,b --peers x,y --only ours --resume --seed N --json FILE]`: what the
 * recipe `tabular` makes of real tables, beside libraries of the field with the same seconds and processors.
 *
 * `--resume` takes results that are there, where nothing that decides them has changed; `--only ours` takes those of the
 * others.
 */
import { join } from 'node:path';
import { keepTalking } from '../local/log.ts';
import { preparePython } from '../local/set-up/python-environment.ts';
import { readArguments } from './arguments.ts';
import { automlFolder, prepareEnvironments } from './automl/environments.ts';
import { examineAll, judgeLeaks, leakTable } from './automl/leaks.ts';
import { chooseTables, gatedSeconds, readOptions, taken } from './automl/options.ts';
import { writePage } from './automl/page.ts';
import { ours, peers } from './automl/peers.ts';
import { type Run, recall, runPeer } from './automl/run.ts';
import { goalOf, judgeSummary, summarise, warningOf } from './automl/summary.ts';
import { readTables } from './automl/tables.ts';
import { scoreTable, standingTable } from './automl/text.ts';
import { finish, machine, textTable } from './report.ts';

const options = readArguments(taken, readOptions);
const log = (line: string): void => console.log(`  ${line}`);

console.log(`AutoML on ${machine()}, ${options.allowance.seconds} s a table`);
if (options.peers.includes(ours)) await preparePython({ log, extras: ['torch'] });
await prepareEnvironments(log);
const all = await readTables(log);
const tables = chooseTables(all, options.tables);

const examined = await keepTalking(log, () => 'suggestions look for leaks', examineAll());
console.log(`\n${textTable(leakTable(examined))}\n`);

const wanted = tables.flatMap((table) => options.peers.map((peer) => ({ table, peer })));
const crowded = ({ crowding }: Run): string => (crowding < 0.05 ? '' : `, others had ${Math.round(100 * crowding)}%`);
const runs: Run[] = [];
for (const [index, { table, peer }] of wanted.entries()) {
  const known = options.anew(peer) ? undefined : recall(table, peer, options.allowance);
  let at = '';
  const doing = (): string => `${index + 1} of ${wanted.length}: ${peer.title} learns ${table.name}${at}`;
  const onLine = (line: string): void => {
    at = line.startsWith('at: ') ? `, ${line.slice(4)}` : at;
  };
  const run = known ?? (await keepTalking(log, doing, runPeer(table, peer, options.allowance, onLine)));
  const outcome = run.score === undefined ? `failed: ${run.failure}` : `${table.metric} ${run.score.toPrecision(5)}`;
  log(
    `${table.name}, ${peer.title}: ${outcome} after ${run.seconds.toFixed(0)} s${known ? ', known' : ''}${crowded(run)}`,
  );
  runs.push(run);
}

const summary = summarise(tables, options.peers, runs, options.allowance.seed);
const results = [...judgeSummary(summary), judgeLeaks(examined)];
console.log(`\n${textTable(scoreTable(summary))}\n\n${textTable(standingTable(summary))}`);
const goal = goalOf(summary);
for (const sentence of [goal, warningOf(summary)]) if (sentence !== undefined) console.log(`\n${sentence}`);
finish(results, options.json ?? join(automlFolder, 'results.json'), { ...options.allowance, runs });
const isWhole = tables.length === all.length && options.peers.length === peers.length;
if (isWhole && options.allowance.seconds === gatedSeconds) {
  await writePage({ summary, examined, results, goal, allowance: options.allowance });
  console.log('The page with the plot: docs/automl.md');
}
