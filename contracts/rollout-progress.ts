/** How far the rollout that runs has come, as its slice tells the one that shows it; times in ms since 1970. */
export interface RolloutProgress {
  readonly rollout: string;
  readonly startedAt: number;
  /** When it expires without a verdict. */
  readonly deadline: number;
  /** Pairs or units that were counted so far. */
  readonly samples: number;
  /** With which an equally good challenger gets its verdict, median; undefined where most never do. */
  readonly needed: number | undefined;
  /** From a prediction or a case until its sample counts. */
  readonly delaySeconds: number;
}
