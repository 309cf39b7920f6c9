/** A step of a sequence as fast-check's model-based testing takes it. */
import fc from 'fast-check';
import type { Sequence } from '../sequence.ts';

/** What a step needs to know beforehand; what the sequence has come to, in numbers. */
export interface Standing {
  executions: number;
  strays: number;
  messages: number;
}

/** One kind of step. */
export interface Kind<Given> {
  readonly name: string;
  /** How often it is chosen, beside the others. */
  readonly weight: number;
  readonly given: fc.Arbitrary<Given>;
  /** @default always */
  readonly isPossible?: (standing: Standing) => boolean;
  readonly act: (sequence: Sequence, given: Given) => Promise<void>;
}

export type Step = fc.AsyncCommand<Standing, Sequence>;

export const standingOf = ({ cloud, functions }: Sequence): Standing => ({
  executions: functions.executions.running.length,
  strays: cloud.strays.length,
  messages: cloud.messages.length,
});

/** Rules are checked at each write; here the sequence stops at the first that was broken. */
export const stepsOf = <Given>({ name, weight, given, isPossible = () => true, act }: Kind<Given>) => ({
  weight,
  arbitrary: given.map(
    (value): Step => ({
      check: (standing) => isPossible(standing),
      run: async (standing, sequence) => {
        sequence.cloud.count('steps');
        await act(sequence, value);
        sequence.assertUnbroken();
        Object.assign(standing, standingOf(sequence));
      },
      toString: () => `${name} ${JSON.stringify(value)}`,
    }),
  ),
});

/** An index into whatever there is by then. */
export const which = fc.nat({ max: 5 });
