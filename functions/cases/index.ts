/** What other slices may use of the cases. */
export { type Datasets, openDatasets } from './datasets/datasets.ts';
export { checkEnough, type EnoughCases } from './domain/enough-cases.ts';
export type { LedgerHead } from './domain/ledger-head.ts';
export { type CaseCounts, openCaseCounts } from './ledger/count-cases.ts';
export { type Ledger, type OpenedSegment, openLedger } from './ledger/ledger.ts';
export { type MeasureCaseRate, openCaseRate } from './ledger/measure-case-rate.ts';
export { SegmentCorruptedError } from './ledger/segment-file.ts';
export { openRequeue, type Requeue } from './requeue.ts';
