import type { Entry } from './timeline.ts';

/** What `npm run demo -- --json FILE` writes. */
export interface DemoReport {
  readonly seed: number;
  readonly cases: {
    received: number;
    accepted: number;
    quarantined: Record<string, number>;
    refused: number;
    lost: number;
  };
  readonly datasets: readonly { id: string; cases: number; train: number; holdout: number }[];
  readonly jobs: readonly { id: string; status: string; seconds: number; version: string | null }[];
  readonly versions: readonly {
    version: string;
    status: string;
    metrics: { holdout: Record<string, unknown> | null };
  }[];
  readonly rollouts: readonly {
    version: string;
    kind: string;
    stages: readonly { name: string; weight: number; seconds: number; verdict: string }[];
    end: string | null;
    reason: string;
    seconds: number;
  }[];
  readonly requests: { sent: number; answered: number; unserved: number; fallback: number };
  readonly accuracy: { before: number; after: number };
  readonly rollbacks: readonly { cause: string; seconds: number }[];
  /** Of the made-up identifiers, how many were found in everything behind the door. */
  readonly identifiersFound: number;
  /** Rows that were held back from training, and how often one was drawn again as a new case. */
  readonly heldBack: { rows: number; drawn: number };
  readonly seconds: number;
  readonly timeline: readonly Entry[];
}
