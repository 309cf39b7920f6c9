import type { LabelMaturity, OutcomeDay } from '../../contracts/monitoring.ts';
import type { RolloutStatus } from '../../contracts/statuses.ts';
import type { Estimate } from '../../examples/calling-score/decisions.ts';
import type { Entry } from '../demo/timeline.ts';
import type { AppCounts } from './app-counts.ts';
import type { Measured } from './correctness.ts';

/** The evidence of a rollout at one moment, seconds after it began. */
export interface EvidencePoint {
  readonly at: number;
  /** e-value against "worse by the margin or more". */
  readonly promote: number;
  /** e-value against "not worse by more than the margin". */
  readonly rollback: number;
}

/** One decision of the platform, beside the truth. */
export interface Decision {
  readonly rollout: string;
  readonly champion: string;
  readonly challenger: string;
  readonly status: RolloutStatus;
  readonly end: string;
  readonly reason: string;
  readonly seconds: number;
  readonly margin: number;
  readonly truth: { readonly champion: Estimate; readonly challenger: Estimate; readonly difference: Estimate };
  /** By the units that the evidence counted; absent where it counted none. */
  readonly measured: { readonly champion?: Measured | undefined; readonly challenger?: Measured | undefined };
  readonly points: readonly EvidencePoint[];
  readonly right: boolean;
}

/** A day of a version, as `GET …/performance` gives it. */
export interface VersionDay extends OutcomeDay {
  readonly version: string;
}

/** What `npm run demo -- --example calling-score --json FILE` writes. */
export interface CallingScoreReport {
  readonly seed: number;
  readonly best: Estimate;
  readonly decisions: readonly Decision[];
  readonly days: readonly VersionDay[];
  readonly maturity: LabelMaturity;
  readonly requests: AppCounts;
  /** Outcomes that the app knows to be counted, less those that the platform has. */
  readonly lost: number;
  readonly seconds: number;
  /** What contradicts the truth, or is missing; empty where all is as it must be. */
  readonly faults: readonly string[];
  readonly timeline: readonly Entry[];
}
