/** `npm run demo`: the whole loop on real data, from an empty machine. */
import { Command } from 'commander';
import { runDemo } from './demo/run-demo.ts';

const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`Expected a whole number from 0, got ${text}.`);
  return value;
};

const options = new Command('demo')
  .description('Runs the whole loop on the breast cancer data: collect, train, judge, promote, roll back.')
  .option('--json <file>', 'write the results as JSON to this file')
  .option('--seed <number>', 'decides every draw', whole, 1)
  .parse()
  .opts<{ json?: string; seed: number }>();

const asked = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => asked.abort(new Error('you asked it to.')));
}

try {
  await runDemo({ ...options, signal: asked.signal });
} catch (error) {
  console.error(`\nThe demo stopped: ${(error as Error).message}`);
  process.exitCode = 1;
}
