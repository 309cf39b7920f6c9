/** Tries sequences of steps until a rule is broken, or all are tried. */
import fc from 'fast-check';
import type { StateMachine } from './cloud/state-machine.ts';
import { calls } from './commands/calls.ts';
import { environment } from './commands/environment.ts';
import { machines } from './commands/machines.ts';
import { type Prelude, play, preludes } from './commands/prelude.ts';
import { type Step, standingOf, stepsOf } from './commands/step.ts';
import { found } from './founding.ts';
import { ViolationError } from './monitor/invariant.ts';
import type { Rule } from './monitor/rules.ts';
import { recover } from './recovery.ts';
import type { Sequence } from './sequence.ts';

/** Steps of the longest sequence. */
const mostSteps = 50;
/** Sequences among which one is looked for that is shorter and breaks the same rules. */
const mostShorter = 300;

interface Counterexample {
  /** That are broken; none where the check itself failed. */
  readonly rules: readonly Rule[];
  /** The rules, and how they are broken. */
  readonly message: string;
  /** The shortest sequence that was found, a step each. */
  readonly steps: readonly string[];
  readonly seed: number;
  /** Which sequence of this seed it was, from 1. */
  readonly number: number;
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
      stepsOf(machines.fail),
      stepsOf(machines.stop),
      stepsOf(machines.runOut),
    ),
  ],
  { maxCommands: mostSteps, size: 'max' },
);

// Steps before prelude: fast-check makes them fewer only as long as nothing else has become smaller.
const plays = fc.limitShrink(fc.tuple(steps, preludes), mostShorter);

const describe = (prelude: Prelude | undefined, ran: readonly unknown[]): string[] => [
  ...(prelude === undefined ? [] : [`begin a rollout ${JSON.stringify(prelude)}`]),
  ...ran.map(String),
];

type Play = readonly [given: Iterable<Step>, prelude: Prelude | undefined];

const rulesOf = (error: unknown): readonly Rule[] => (error instanceof ViolationError ? error.rules : []);

/** @throws ViolationError */
const playThrough = async (sequence: Sequence, [given, prelude]: Play): Promise<void> => {
  try {
    await play(sequence, prelude);
    await fc.asyncModelRun(() => ({ model: standingOf(sequence), real: sequence }), given);
    await recover(sequence);
  } finally {
    // A rule that was broken before a function failed says why it did.
    sequence.assertUnbroken();
  }
};

/** Fails where a play breaks all of the rules. */
const breaking = (begin: () => Sequence, rules: readonly Rule[]) =>
  fc.asyncProperty(plays, async (given) => {
    try {
      await playThrough(begin(), given);
    } catch (error) {
      const broken = rulesOf(error);
      if (rules.every((rule) => broken.includes(rule))) throw error;
    }
  });

export const check = async ({ definition, sequences, seed, progress }: Trial): Promise<Report> => {
  const counts = new Map<string, number>();
  let tried = 0;
  const begin = await found(definition);
  const property = fc.asyncProperty(plays, async (given) => {
    const sequence = begin();
    await playThrough(sequence, given);
    tried += 1;
    for (const [what, count] of sequence.cloud.counts) counts.set(what, (counts.get(what) ?? 0) + count);
    if (tried % 50 === 0) progress?.(tried);
  });
  const first = await fc.check(property, { numRuns: sequences, seed, endOnFailure: true });
  const report = { sequences: tried, counts: Object.fromEntries([...counts].sort()) };
  if (!first.failed) return report;
  const path = first.counterexamplePath ?? '';
  const shrunk = await fc.check(breaking(begin, rulesOf(first.errorInstance)), { seed, path });
  const { counterexample, errorInstance } = shrunk.counterexample === null ? first : shrunk;
  const [given, prelude] = counterexample?.[0] ?? [[], undefined];
  // fast-check marks the steps that were possible.
  const ran = [...given].filter((step) => (step as { hasRan?: boolean }).hasRan === true);
  const { message } = errorInstance as Error;
  const rules = rulesOf(errorInstance);
  const number = Number.parseInt(path, 10) + 1;
  return { ...report, counterexample: { rules, message, steps: describe(prelude, ran), seed, number } };
};
