import type { Table } from '../../platform/table.ts';
import { type BanditStatistics, type BanditStore, openBanditStore } from './bandit-store.ts';
import { type EvidenceStore, openEvidenceStore, type Statistics } from './evidence-store.ts';
import { openRandomisedStore, type RandomisedStatistics, type RandomisedStore } from './randomised-store.ts';

/** What a rollout has counted, of the one kind that it is judged by. */
export type BegunEvidence =
  | { readonly kind: 'paired'; readonly statistics: Statistics }
  | { readonly kind: 'randomised'; readonly statistics: RandomisedStatistics }
  | { readonly kind: 'bandit'; readonly statistics: BanditStatistics };

/** Which state of the evidence a judgement was made on. */
export interface EvidenceBasis {
  readonly kind: BegunEvidence['kind'];
  readonly version: number;
}

/** The evidence of rollouts, one store for each kind. */
export interface EvidenceStores {
  readonly evidence: EvidenceStore;
  readonly randomised: RandomisedStore;
  readonly bandits: BanditStore;
}

export const openEvidenceStores = (table: Table): EvidenceStores => ({
  evidence: openEvidenceStore(table),
  randomised: openRandomisedStore(table),
  bandits: openBanditStore(table),
});
