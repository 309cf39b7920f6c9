import type { LabelValue } from '../../../contracts/cases.ts';
import type { Table } from '../../platform/table.ts';
import { untilProcessed } from '../../platform/until-processed.ts';
import { emptyLedger, type LedgerHead } from '../domain/ledger-head.ts';
import { fingerprintEntity, headEntity, segmentEntity, subjectEntity, trainedEntity } from './ledger-entities.ts';

/** A sealed segment of a model's ledger. */
export interface Segment {
  readonly sequence: number;
  readonly key: string;
  /** Of the object's bytes. */
  readonly sha256: string;
  readonly cases: number;
  readonly sealedAt: string;
}

/** What the table knows of the ledgers of models. */
export interface LedgerStore {
  /** @returns an empty ledger where nothing was decided yet */
  head(tenant: string, model: string): Promise<LedgerHead>;
  /** Segments in order, after a sequence. @param limit - how many at most */
  segmentsAfter(tenant: string, model: string, sequence: number, limit: number): Promise<Segment[]>;
  /** The labels of accepted cases by fingerprint, null of one that was erased; a fingerprint that none holds is absent. */
  labels(tenant: string, model: string, fingerprints: readonly string[]): Promise<Map<string, LabelValue | null>>;
  /** The first segment of each subject by pseudonym; a subject without accepted case is absent. */
  firstSegments(tenant: string, model: string, subjects: readonly string[]): Promise<Map<string, number>>;
  /** The segment of a subject's first gold case; undefined where it has none. */
  firstGold(tenant: string, model: string, subject: string): Promise<number | undefined>;
  /** The case that holds an observation; undefined where none does. */
  holderOf(tenant: string, model: string, fingerprint: string): Promise<string | undefined>;
  /** Accepted cases of the dataset that was trained on last; 0 where none was. */
  trainedCases(tenant: string, model: string): Promise<number>;
  /** Keeps which dataset was trained on last. */
  markTrained(tenant: string, model: string, dataset: string, cases: number): Promise<void>;
}

export const openLedgerStore = (table: Table): LedgerStore => {
  const heads = headEntity(table);
  const segments = segmentEntity(table);
  const fingerprints = fingerprintEntity(table);
  const subjects = subjectEntity(table);
  const trained = trainedEntity(table);
  return {
    head: async (tenant, model) => {
      const { data } = await heads.get({ tenant, model }).go({ consistent: true });
      // A count that is younger than the item is 0.
      return { ...emptyLedger, ...data?.head };
    },
    segmentsAfter: async (tenant, model, sequence, limit) => {
      if (limit <= 0) return [];
      // Sequences have no gaps, and an open end would read on through whatever sorts after the segments.
      const query = segments.query
        .bySequence({ tenant, model })
        .between({ sequence: sequence + 1 }, { sequence: sequence + limit });
      const { data } = await query.go({ consistent: true, pages: 'all' });
      return data.map(({ tenant: _, model: __, ...segment }) => segment);
    },
    labels: async (tenant, model, wanted) => {
      const labels = new Map<string, LabelValue | null>();
      await untilProcessed([...new Set(wanted)], async (left) => {
        const keys = left.map((fingerprint) => ({ tenant, model, fingerprint }));
        const { data, unprocessed } = await fingerprints.get(keys).go({ consistent: true });
        for (const { fingerprint, label } of data) labels.set(fingerprint, (label as LabelValue | undefined) ?? null);
        return unprocessed.map(({ fingerprint }) => fingerprint);
      });
      return labels;
    },
    firstSegments: async (tenant, model, wanted) => {
      const first = new Map<string, number>();
      await untilProcessed([...new Set(wanted)], async (left) => {
        const keys = left.map((subject) => ({ tenant, model, subject }));
        const { data, unprocessed } = await subjects.get(keys).go({ consistent: true });
        for (const { subject, firstSegment } of data) first.set(subject, firstSegment);
        return unprocessed.map(({ subject }) => subject);
      });
      return first;
    },
    firstGold: async (tenant, model, subject) => {
      const { data } = await subjects.get({ tenant, model, subject }).go({ consistent: true });
      return data?.firstGold;
    },
    holderOf: async (tenant, model, fingerprint) => {
      const { data } = await fingerprints.get({ tenant, model, fingerprint }).go({ consistent: true });
      return data?.case;
    },
    trainedCases: async (tenant, model) => {
      const { data } = await trained.get({ tenant, model }).go({ consistent: true });
      return data?.cases ?? 0;
    },
    markTrained: async (tenant, model, dataset, cases) => {
      await trained.put({ tenant, model, dataset, cases }).go();
    },
  };
};
