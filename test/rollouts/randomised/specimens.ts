import type { Block } from '../../../functions/rollouts/domain/randomised/block.ts';
import {
  defineRandomisedPolicy,
  type RandomisedPolicy,
  type RandomisedSettings,
} from '../../../functions/rollouts/domain/randomised/policy.ts';
import { applyBlock } from '../../../functions/rollouts/domain/randomised/process.ts';
import { startRandomisedProcess } from '../../../functions/rollouts/domain/randomised/state.ts';
import { decideRandomised, type RandomisedContext } from '../../../functions/rollouts/domain/randomised/verdict.ts';

/** Wrong and right answers of both arms. */
export type Rewards = { readonly champion: readonly number[]; readonly challenger: readonly number[] };

/** A policy of rewards that are 0 or 1, with a guardrail. */
export const guarded = (settings: RandomisedSettings = {}): RandomisedPolicy =>
  defineRandomisedPolicy({
    binary: true,
    margin: 0.05,
    priorMean: 0.8,
    guardrails: { answered: { margin: 0.02, binary: true } },
    ...settings,
  });

/** @param failures - of the challenger */
export const blockOf = ({ champion, challenger }: Rewards, failures = 0): Block => {
  const unitsOf = ([wrong = 0, right = 0]: readonly number[]) => wrong + right;
  return {
    stage: 'canary-50',
    weight: 5000,
    champion: { reward: champion, answered: [0, unitsOf(champion)] },
    challenger: { reward: challenger, answered: [failures, unitsOf(challenger) - failures] },
  };
};

/** The verdict after so many times the same block. */
export const verdictAfter = (
  policy: RandomisedPolicy,
  block: Block,
  times: number,
  context: RandomisedContext = { deadlinePassed: false },
) => {
  let state = startRandomisedProcess(policy);
  for (let time = 0; time < times; time += 1) state = applyBlock(state, block, policy);
  return decideRandomised(state, policy, context);
};
