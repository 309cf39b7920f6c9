/** A mean over time: straight between knots, constant beyond the last; two knots at one outcome make a step. */
export type Course = readonly (readonly [outcome: number, mean: number])[];

/** How the challenger's share of the outcomes grows. */
export type Ramp =
  /** 5%, from 4,000 outcomes on 25%, from 10,000 on 50%. */
  | 'planned'
  /** 5% all the time. */
  | 'canary'
  /** Half and half. */
  | 'even'
  /** 25% once the evidence for "not worse by 5 points" has been 10, 50% once it has been 100. */
  | 'by-evidence'
  /** 50% while the challenger's mean so far leads, 5% while it does not: made to mislead. */
  | 'by-lead';

/** Mean delay of a label, in outcomes that arrive meanwhile; exponentially distributed. */
export interface Delays {
  readonly success: number;
  readonly failure: number;
}

/** A world in which the truth is known. Plain data: it travels to the threads. */
export interface Scenario {
  /** Seeds the draws, so no two scenarios share one. */
  readonly name: string;
  readonly champion: Course;
  readonly challenger: Course;
  readonly ramp: Ramp;
  /** Outcomes after which a rollout ends. */
  readonly horizon: number;
  /**
   * `binary`: zeros and ones. `score`: Beta distributed around the mean with standard deviation 0.10. `user`: zeros and
   * ones, five in a row of one user, whose own mean is Beta distributed around the arm's: correlation 0.2 within users.
   */
  readonly values: 'binary' | 'score' | 'user';
  /** @default labels are there at once */
  readonly delays?: Delays;
}

export const outcomesPerUser = 5;

/** Challenger's share of the outcomes by stage. */
export const stageShares = [0.05, 0.25, 0.5] as const;

/** First outcome of each stage of the planned ramp. */
export const plannedStages = [0, 4_000, 10_000] as const;

/** Stage of the planned ramp after so many outcomes. */
export const plannedStage = (outcomes: number): number => plannedStages.findLastIndex((from) => outcomes >= from);

/** The mean at each outcome from 0 to below the horizon. */
export const meansOf = (course: Course, horizon: number): Float64Array => {
  const means = new Float64Array(horizon);
  for (let outcome = 0; outcome < horizon; outcome += 1) {
    const next = course.findIndex(([at]) => at > outcome);
    const [at, mean] = course.at(next === -1 ? -1 : next - 1) ?? [0, Number.NaN];
    const [towards, then] = next === -1 ? [at + 1, mean] : (course[next] ?? [at + 1, mean]);
    means[outcome] = mean + ((then - mean) * (outcome - at)) / (towards - at);
  }
  return means;
};
