import { decidesToCall, explorationShare, noCallReward } from '../../examples/calling-score/decisions.ts';
import { call } from '../../examples/calling-score/generator.ts';
import type { Random } from '../demo/random.ts';
import type { Answer } from './app.ts';
import { type RewardReport, reportsOf } from './reports.ts';
import type { Visit } from './visits.ts';

/** Somebody who was called, and what came of it: a labelled case. */
export interface CalledPerson extends Omit<Visit, 'again'> {
  readonly label: 'responds' | 'silent';
  /** Absent where no model was asked. */
  readonly predictionId?: string;
}

/** What follows from an answer. */
export interface Aftermath {
  /** Why the person is called, if at all. */
  readonly call: 'wanted' | 'explored' | 'none';
  readonly reports: readonly RewardReport[];
  /** The case that the call makes, and the seconds until its label is known. */
  readonly lesson?: { readonly after: number; readonly called: CalledPerson };
}

/**
 * Calls where the score says so, and now and then where it does not.
 *
 * The reward is for the model's decision: where that was not to call it earns what not calling is worth, also where the
 * person was called to explore.
 *
 * @param windowSeconds - the model's label window, in which delays are measured
 */
export const decide = (random: Random, visit: Visit, answer: Answer, windowSeconds: number): Aftermath => {
  const wanted = decidesToCall(answer.score);
  if (!wanted && random.next() >= explorationShare) {
    return { call: 'none', reports: reportsOf(random, noCallReward, 0, false) };
  }
  const { personId, person, again } = visit;
  const { positive, delay } = call(random.next, person);
  const after = delay * windowSeconds;
  const label = positive ? 'responds' : 'silent';
  const lesson = { after, called: { personId, person, label, predictionId: answer.predictionId } } as const;
  return {
    call: wanted ? 'wanted' : 'explored',
    reports: wanted ? reportsOf(random, Number(positive), after, true) : reportsOf(random, noCallReward, 0, false),
    // A person who is called again is no second case: the platform would find it to be the same.
    ...(again ? {} : { lesson }),
  };
};
