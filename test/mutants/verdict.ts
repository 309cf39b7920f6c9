import type { Report } from '../protocol/check.ts';
import type { Mutant } from './mutant.ts';

/** What became of a mutant. */
export const Verdict = {
  /** It breaks the rule that it is said to break. */
  Caught: 'caught',
  Missed: 'MISSED',
  /** It breaks others, or the check itself: that says nothing about its own. */
  WrongRule: 'WRONG RULE',
} as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];

export const verdictOf = ({ rules }: Pick<Mutant, 'rules'>, { counterexample }: Report): Verdict => {
  if (counterexample === undefined) return Verdict.Missed;
  return rules.some((rule) => counterexample.rules.includes(rule)) ? Verdict.Caught : Verdict.WrongRule;
};
