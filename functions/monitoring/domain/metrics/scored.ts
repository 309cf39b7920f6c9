/** A case, and what a version says of it. */
export interface ScoredClass {
  /** Index of the true class. */
  readonly truth: number;
  /** Index of the class given; undefined where the version failed. */
  readonly given: number | undefined;
  /** Of each class; empty where the version failed. */
  readonly probabilities: readonly number[];
}

export interface ScoredNumber {
  readonly truth: number;
  /** Undefined where the version failed. */
  readonly given: number | undefined;
}
