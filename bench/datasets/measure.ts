import { ExportFormat } from '../../contracts/datasets.ts';
import { openCutDataset } from '../../functions/cases/datasets/cut-dataset.ts';
import { openExportDataset } from '../../functions/cases/datasets/export-dataset.ts';
import { systemClock } from '../../functions/platform/clock.ts';
import { openObjectStore } from '../../functions/platform/object-store.ts';
import { openTable } from '../../functions/platform/table.ts';
import type { TestServices } from '../../test/support/services.ts';
import { median } from '../quantiles.ts';
import { model, openGrownLedger, tenant } from './ledger.ts';
import { openListEverySegment, removeExport, rewriteWhole } from './peers.ts';
import { countTraffic, type Traffic } from './traffic.ts';

/** New cases of each snapshot that is measured. */
export const newCases = 1000;
/** Snapshots of a round: as many as make one pack, so that each pays its part of it. */
export const snapshots = 5;
/** Of which the median counts: others may work on the machine. */
export const rounds = 4;
/** Cases that one snapshot packs while the ledger grows. */
const growth = 50_000;

/** What something cost. */
export interface Cost extends Traffic {
  readonly milliseconds: number;
}

/** What a dataset costs where there are so many old cases. */
export interface Measured {
  readonly oldCases: number;
  /** Of the snapshot that packs what came since the size before. */
  readonly first: Cost & { readonly newCases: number };
  readonly packed: Cost;
  readonly everySegment: Cost;
  readonly whole: Cost;
  /** What a person gets who asks for all cases. */
  readonly exported: Readonly<Record<ExportFormat, Cost>>;
}

const combined = (costs: readonly Cost[], combine: (values: readonly number[]) => number): Cost => {
  const of = (member: keyof Cost): number => combine(costs.map((cost) => cost[member]));
  return { milliseconds: of('milliseconds'), calls: of('calls'), written: of('written'), read: of('read') };
};
const sum = (values: readonly number[]): number => values.reduce((one, other) => one + other, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

/** Opens a ledger on an emulator, to be measured at one size after the other. */
export const openMeasurement = ({ tableName, bucketName }: TestServices) => {
  const table = openTable(tableName);
  const objects = openObjectStore(bucketName);
  const ledger = openGrownLedger(table, objects);
  const traffic = countTraffic(table.client, objects.client);
  const cutDataset = openCutDataset(table, objects, systemClock);
  const exportDataset = openExportDataset(table, objects);
  const peer = openListEverySegment(objects);

  const costOf = async (work: () => Promise<unknown>): Promise<Cost> => {
    traffic();
    const started = performance.now();
    await work();
    return { milliseconds: performance.now() - started, ...traffic() };
  };
  const cut = async (): Promise<string> => {
    const result = await cutDataset(tenant, model, 'bench');
    if ('dataset' in result && result.created) return result.dataset.id;
    throw new Error('Expected a dataset to be cut of new cases, and none was.');
  };

  const casesNow = (): number => sum(ledger.segments.map(({ cases }) => cases));
  /** Lets the ledger grow, and packs it on the way. @returns what the packing cost */
  const growTo = async (cases: number): Promise<Cost> => {
    const costs: Cost[] = [];
    while (casesNow() < cases) {
      await ledger.growTo(Math.min(cases, casesNow() + growth));
      costs.push(await costOf(cut));
      await ledger.clear();
    }
    return combined(costs, sum);
  };
  const snapshot = async (): Promise<Cost> => {
    await ledger.growTo(casesNow() + newCases);
    return costOf(cut);
  };
  /** @returns the mean cost of a snapshot */
  const round = async (): Promise<Cost> => {
    const costs: Cost[] = [];
    for (let count = 0; count < snapshots; count += 1) costs.push(await snapshot());
    await ledger.clear();
    return combined(costs, mean);
  };
  const listEverySegment = async (): Promise<Cost> => {
    await peer.begin(ledger.segments);
    const known = ledger.segments.length;
    await ledger.growTo(casesNow() + newCases);
    const cost = await costOf(() => peer.snapshot(ledger.segments, known));
    await peer.forget(known);
    await peer.forget(ledger.segments.length);
    return cost;
  };
  const exportAs = async (dataset: string, format: ExportFormat): Promise<Cost> => {
    const cost = await costOf(() => exportDataset(tenant, model.name, dataset, format));
    await removeExport(objects, dataset, format);
    return cost;
  };

  return async (oldCases: number): Promise<Measured> => {
    const before = casesNow();
    const first = { ...(await growTo(oldCases)), newCases: oldCases - before };
    const packed: Cost[] = [];
    for (let count = 0; count < rounds; count += 1) packed.push(await round());
    const everySegment: Cost[] = [];
    for (let count = 0; count < snapshots; count += 1) everySegment.push(await listEverySegment());
    const dataset = await cut();
    const whole = await costOf(() => rewriteWhole(table, objects, dataset));
    const exported = {
      [ExportFormat.JsonLines]: await exportAs(dataset, ExportFormat.JsonLines),
      [ExportFormat.Parquet]: await exportAs(dataset, ExportFormat.Parquet),
    };
    return {
      oldCases,
      first,
      packed: combined(packed, median),
      everySegment: combined(everySegment, median),
      whole,
      exported,
    };
  };
};
