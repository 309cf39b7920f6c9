/** `npm run bench:rollback [-- --json FILE]`: how long it takes from the alarm, or the call, to the restored route. */
import { keepTalking } from '../local/log.ts';
import { readJsonArgument } from './arguments.ts';
import { finish, machine } from './report.ts';
import { startFleet } from './rollback/fleet.ts';
import { type Counts, measureIdle, measureTraining } from './rollback/halves.ts';
import { writePage } from './rollback/page.ts';
import { judgeRows, summarise } from './rollback/summary.ts';

/** Of each half: 200 by alarm in all, half of them during trainings. */
const counts: Counts = { alarm: 100, 'by-hand': 25 };
const size = 4;

const { json } = readJsonArgument();
const log = (line: string): void => console.log(`  ${line}`);

console.log(`Rollbacks on ${machine()}`);
const fleet = await keepTalking(log, 'the cloud, and its models', startFleet({ size, log }));
try {
  let standing = 'rollbacks while nothing else goes on';
  const stands = (line: string): void => {
    standing = line;
  };
  const idle = await keepTalking(log, () => standing, measureIdle(fleet, counts, stands));
  const training = await keepTalking(log, () => standing, measureTraining(fleet, counts, stands));
  const halves = [idle, training];
  const rows = summarise(halves);
  const results = judgeRows(rows);
  await writePage(results, rows, halves);
  for (const { cause, during, p50, p90, p99, max } of rows) {
    const times = [p50, p90, p99, max].map((time) => `${Math.round(time)} ms`);
    console.log(`  ${cause} ${during}: p50 ${times[0]}, p90 ${times[1]}, p99 ${times[2]}, max ${times[3]}`);
  }
  finish(results, json, { rows });
  console.log('The page with the plot: docs/rollback.md');
} finally {
  await fleet.dispose();
}
