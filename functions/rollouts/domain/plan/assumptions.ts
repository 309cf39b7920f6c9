/** What a plan is computed with, and where each number comes from. */
import type { NewPlan } from '../../../../contracts/rollouts.ts';

/** What a rollout is expected to meet; means, shares and counts a day. */
export interface Assumptions {
  readonly labelsPerDay: number;
  readonly outcomesPerDay: number;
  readonly accuracy: number;
  readonly meanReward: number;
  readonly disagreement: number;
}

type Name = keyof Assumptions;

/** What the model's own record says; absent where it says nothing. */
export type Measured = { readonly [Member in Name]?: number | undefined };

export interface Assumed {
  readonly values: Assumptions;
  /** Sentences on the numbers that were neither given nor measured. */
  readonly guesses: Readonly<Partial<Record<Name, string>>>;
}

/** Taken where nothing is known. A mean of a half spreads most, so a plan for it promises nothing too soon. */
const guessed: Readonly<Record<Name, { readonly value: number; readonly because?: string }>> = {
  labelsPerDay: { value: 0 },
  outcomesPerDay: { value: 0 },
  accuracy: { value: 0.9, because: 'No version was measured yet: an accuracy of 90% is assumed. Send accuracy.' },
  meanReward: { value: 0.5, because: 'No reward was counted yet: a mean of 0.5 is assumed. Send meanReward.' },
  disagreement: {
    value: 0.1,
    because:
      'No rollout was paired yet: in 10% of cases exactly one version is assumed to be right. Send disagreement.',
  },
};

const names = Object.keys(guessed) as Name[];

/** Takes each number as given, else as measured, else a guess. */
export const assume = (given: Pick<NewPlan, Name>, measured: Measured): Assumed => {
  const known = (name: Name): number | undefined => given[name] ?? measured[name];
  const values = Object.fromEntries(names.map((name) => [name, known(name) ?? guessed[name].value]));
  const guesses = names.flatMap((name) => {
    const { because } = guessed[name];
    return known(name) === undefined && because !== undefined ? [[name, because] as const] : [];
  });
  return { values: values as unknown as Assumptions, guesses: Object.fromEntries(guesses) };
};
