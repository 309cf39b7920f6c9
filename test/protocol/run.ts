/** `npm run test:protocol [-- sequences [seed]]`: the rollout protocol under crashes, repeats, delays and two workers. Another seed plays other sequences. */
import { availableParallelism } from 'node:os';
import { buildCheck } from './build.ts';
import { runCheck } from './workers.ts';

const mostWorkers = 4;
const [sequences = 10_000, seed = 2026] = process.argv.slice(2).map(Number);
const workers = Math.max(2, Math.min(mostWorkers, availableParallelism()));
const started = performance.now();
const seconds = (): string => ((performance.now() - started) / 1000).toFixed(0);

console.log(`${sequences} sequences of up to 50 steps, seed ${seed}, ${workers} workers`);
let told = 0;
const report = await runCheck(await buildCheck(), {
  sequences,
  workers,
  seed,
  progress: (count) => {
    if (performance.now() - told < 2000) return;
    told = performance.now();
    console.log(`  ${count} sequences, ${seconds()} s`);
  },
});
for (const [what, count] of Object.entries(report.counts).sort()) console.log(`  ${String(count).padStart(9)} ${what}`);
const { counterexample } = report;
if (counterexample === undefined) {
  console.log(`${report.sequences} sequences, 0 violations, ${seconds()} s`);
} else {
  console.log(`Violation after ${report.sequences} sequences: ${counterexample.message}`);
  for (const step of counterexample.steps) console.log(`  ${step}`);
  // Its seed is the first worker's then, which has to come to it, however many there are.
  console.log(`Again: npm run test:protocol -- ${counterexample.number * mostWorkers} ${counterexample.seed}`);
  process.exitCode = 1;
}
