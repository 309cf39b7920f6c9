/** `npm run demo`: a whole loop, from an empty machine, on one of the examples. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { runCallingScore } from './calling-score/run-calling-score.ts';
import { runDemo } from './demo/run-demo.ts';

const examples = { diagnosis: runDemo, 'calling-score': runCallingScore } as const;

const whole = (text: string): number => {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError(`Expected a whole number from 0, got ${text}.`);
};

const { example, ...options } = new Command('demo')
  .description('Runs the whole loop of an example: collect, train, judge, promote, roll back.')
  .addOption(
    new Option(
      '--example <name>',
      'diagnosis: breast cancer data; calling-score: rewards, checked against a known truth',
    )
      .choices(Object.keys(examples))
      .default('diagnosis'),
  )
  .option('--json <file>', 'write the results as JSON to this file')
  .option('--seed <number>', 'decides every draw', whole, 1)
  .parse()
  .opts<{ example: keyof typeof examples; json?: string; seed: number }>();

const asked = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => asked.abort(new Error('you asked it to.')));
}

try {
  await examples[example]({ ...options, signal: asked.signal });
} catch (error) {
  console.error(`\nThe demo stopped: ${(error as Error).message}`);
  process.exitCode = 1;
}
