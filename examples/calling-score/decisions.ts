/** What it is worth not to call, as a reward in [0, 1]; it lies on the 21-point grid that evidence is counted on. */
export const noCallReward = 0.35;

/** Share of people who are called whatever their score, so that the model goes on learning about everyone. */
export const explorationShare = 0.1;

/** Whether the app's rule is to call somebody of this score: the model's probability of `responds`. */
export const decidesToCall = (score: number): boolean => score > noCallReward;

/** A mean over a sample of people, and its Monte Carlo standard error. */
export interface Estimate {
  readonly mean: number;
  readonly standardError: number;
}

/** A way to decide about each person of a sample: whether it calls. */
export type Decisions = readonly boolean[];

const rewardsOf = (chances: readonly number[], decisions: Decisions): number[] => {
  if (chances.length !== decisions.length || chances.length < 2) {
    throw new RangeError(
      `Expected as many decisions as chances, two at least, got ${decisions.length} and ${chances.length}.`,
    );
  }
  return chances.map((chance, index) => (decisions[index] ? chance : noCallReward));
};

const estimateMean = (values: readonly number[]): Estimate => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (values.length - 1) / values.length) };
};

/**
 * The value of a way to decide: the reward that it earns per person.
 * V = E[p*(x) where it calls, c where it does not]
 *
 * @param chances - p* of each person of the sample, at least two
 */
export const estimateValue = (chances: readonly number[], decisions: Decisions): Estimate =>
  estimateMean(rewardsOf(chances, decisions));

/** The value of one way to decide less that of another, about the same people: known better than either value. */
export const estimateDifference = (chances: readonly number[], one: Decisions, other: Decisions): Estimate => {
  const rewards = rewardsOf(chances, other);
  return estimateMean(rewardsOf(chances, one).map((reward, index) => reward - (rewards[index] ?? Number.NaN)));
};

/** What nobody can exceed: V* = E[max(p*(x), c)], earned by calling exactly where p*(x) > c. */
export const bestValue = (chances: readonly number[]): Estimate => estimateValue(chances, chances.map(decidesToCall));
