/** Tries sequences of steps until a rule is broken, or all are tried. */
import fc from 'fast-check';
import type { StateMachine } from './cloud/state-machine.ts';
import { environment } from './commands/environment.ts';
import { machines } from './commands/machines.ts';
import { calls } from './commands/operations.ts';
import { type Prelude, play, preludes } from './commands/prelude.ts';
import { standingOf, stepsOf } from './commands/step.ts';
import { found } from './founding.ts';
import { recover } from './recovery.ts';

/** Steps of the longest sequence. */
const mostSteps = 50;

interface Counterexample {
  /** The rule that is broken, and how. */
  readonly message: string;
  /** The shortest sequence that was found, a step each. */
  readonly steps: readonly string[];
  readonly seed: number;
  /** Which sequence of this seed it was, and how fast-check made it shorter. */
  readonly path: string;
}

export interface Report {
  readonly sequences: number;
  /** How often something was tried or reached. */
  readonly counts: Readonly<Record<string, number>>;
  readonly counterexample?: Counterexample;
}

export interface Trial {
  readonly definition: StateMachine;
  readonly sequences: number;
  readonly seed: number;
  /** Is told now and then how many sequences were tried. */
  readonly progress?: (sequences: number) => void;
}

const steps = fc.commands(
  [
    fc.oneof(
      stepsOf(environment),
      stepsOf(calls.alone),
      stepsOf(calls.atOnce),
      stepsOf(calls.judgeAtOnce),
      stepsOf(calls.goOn),
      stepsOf(machines.goOn),
      stepsOf(machines.timeOut),
      stepsOf(machines.stop),
      stepsOf(machines.runOut),
    ),
  ],
  { maxCommands: mostSteps, size: 'max' },
);

/** Milliseconds for which a shorter sequence is looked for. */
const shrinkingTime = 8000;

const describe = (prelude: Prelude | undefined, ran: readonly unknown[]): string[] => [
  ...(prelude === undefined ? [] : [`begin a rollout ${JSON.stringify(prelude)}`]),
  ...ran.map(String),
];

export const check = async ({ definition, sequences, seed, progress }: Trial): Promise<Report> => {
  const counts = new Map<string, number>();
  let tried = 0;
  const begin = await found(definition);
  // Steps before prelude: fast-check makes them fewer only as long as nothing else has become smaller.
  const property = fc.asyncProperty(steps, preludes, async (given, prelude) => {
    const sequence = begin();
    await play(sequence, prelude);
    await fc.asyncModelRun(() => ({ model: standingOf(sequence), real: sequence }), given);
    await recover(sequence);
    tried += 1;
    for (const [what, count] of sequence.cloud.counts) counts.set(what, (counts.get(what) ?? 0) + count);
    if (tried % 50 === 0) progress?.(tried);
  });
  const first = await fc.check(property, { numRuns: sequences, seed, endOnFailure: true });
  const report = { sequences: tried, counts: Object.fromEntries([...counts].sort()) };
  if (!first.failed) return report;
  const path = first.counterexamplePath ?? '';
  const shrunk = await fc.check(property, { seed, path, interruptAfterTimeLimit: shrinkingTime });
  const { counterexample, errorInstance } = shrunk.counterexample === null ? first : shrunk;
  const [given, prelude] = counterexample ?? [[], undefined];
  // fast-check marks the steps that were possible.
  const ran = [...given].filter((step) => (step as { hasRan?: boolean }).hasRan === true);
  const { message } = errorInstance as Error;
  return { ...report, counterexample: { message, steps: describe(prelude, ran), seed, path } };
};
