import type { PackPage } from '../../../contracts/datasets.ts';
import { objectKeys } from '../../../contracts/keys.ts';
import { canonicalJson, sha256 } from '../../platform/canonical-json.ts';
import type { ObjectStore } from '../../platform/object-store.ts';
import type { Table } from '../../platform/table.ts';
import type { LedgerFiles } from '../domain/manifest.ts';
import { countOf, layoutOf, numbersOf, packsOfPage, segmentsOfPack } from '../domain/packs.ts';
import { inParallel } from '../in-parallel.ts';
import { openLedgerStore, type Segment } from '../store/ledger.ts';
import { openPackStore } from '../store/packs.ts';
import { verified } from './segment-file.ts';

const concurrency = 16;

/**
 * Packs what is new of a ledger up to a segment, and names the files that hold it. Each segment is read once and
 * written once, however often a dataset is cut:
 *
 *     read the segments of a pack ▸ write its object ▸ say so in the table     and the same for pages
 *
 * Packs and pages follow from the ledger alone. A crash in between leaves an object that is written again alike, or
 * packs that need not be made again; of several at once each writes the same.
 *
 * @param cut - sequence of the last segment
 * @throws SegmentCorruptedError
 */
export type PackLedger = (tenant: string, model: string, cut: number) => Promise<LedgerFiles>;

const listed = ({ key, sha256: digest, cases, sequence }: Segment): LedgerFiles['segments'][number] => ({
  key,
  sha256: digest,
  cases,
  sequence,
});

export const openPackLedger = (table: Table, objects: Pick<ObjectStore, 'read' | 'writeOnce'>): PackLedger => {
  const ledger = openLedgerStore(table);
  const store = openPackStore(table);

  const makePack = async (tenant: string, model: string, number: number): Promise<void> => {
    const range = segmentsOfPack(number);
    const segments = await ledger.segmentsAfter(tenant, model, range.first - 1, countOf(range));
    const members = await inParallel(segments, concurrency, async (segment) =>
      verified(segment.key, await objects.read(segment.key), segment.sha256),
    );
    const bytes = Buffer.concat(members);
    const key = objectKeys.pack(tenant, model, number);
    await objects.writeOnce(key, bytes, 'application/gzip');
    const cases = segments.reduce((sum, segment) => sum + segment.cases, 0);
    await store.addPack(tenant, model, { number, key, sha256: sha256(bytes), cases });
  };

  const makePage = async (tenant: string, model: string, number: number): Promise<void> => {
    const packs = await store.packs(tenant, model, packsOfPage(number));
    const content = canonicalJson({ formatVersion: 2, packs } satisfies PackPage);
    const key = objectKeys.packPage(tenant, model, number);
    await objects.writeOnce(key, content, 'application/json');
    const cases = packs.reduce((sum, pack) => sum + pack.cases, 0);
    await store.addPage(tenant, model, number, { key, sha256: sha256(content), cases, packs: packs.length });
  };

  return async (tenant, model, cut) => {
    const { pages, packs, segments } = layoutOf(cut);
    const firstPack = (await store.lastPack(tenant, model)) + 1;
    for (const number of numbersOf({ first: firstPack, last: packs.last })) await makePack(tenant, model, number);
    const firstPage = (await store.lastPage(tenant, model)) + 1;
    for (const number of numbersOf({ first: firstPage, last: pages.last })) await makePage(tenant, model, number);
    const tail = await ledger.segmentsAfter(tenant, model, segments.first - 1, countOf(segments));
    return {
      pages: await store.pages(tenant, model, pages),
      packs: await store.packs(tenant, model, packs),
      segments: tail.map(listed),
    };
  };
};
