/** What the app sent, and what came back. */
export interface AppCounts {
  predictions: number;
  /** Answered by the champion because the challenger could not. */
  fallback: number;
  /** Reports of an outcome, repetitions and corrections included. */
  reports: number;
  repeated: number;
  corrected: number;
  /** Counted, but after the label window. */
  late: number;
  /** Requests of either kind that were refused or not answered. */
  unserved: number;
}

export const noCounts = (): AppCounts => ({
  predictions: 0,
  fallback: 0,
  reports: 0,
  repeated: 0,
  corrected: 0,
  late: 0,
  unserved: 0,
});

/** What a version earned, as the app knows it. */
export interface Earned {
  outcomes: number;
  rewards: number;
}
