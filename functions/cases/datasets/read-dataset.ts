import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { LedgerRow } from '../../../contracts/cases.ts';
import { type Manifest, PackPage } from '../../../contracts/datasets.ts';
import type { ObjectStore } from '../../platform/object-store.ts';
import { verified } from '../ledger/segment-file.ts';

/** Packed objects that are read ahead of the one whose lines are given. */
const readAhead = 8;

type File = Pick<Manifest['segments'][number], 'key' | 'sha256'>;

/** Gives the lines of datasets. */
export interface DatasetReader {
  /**
   * The lines of a dataset in order, verified, with the memory of a few files.
   *
   * @param erased - ids of cases that are left out, besides those that the dataset leaves out itself
   * @throws SegmentCorruptedError
   */
  lines(manifest: Manifest, erased: ReadonlySet<string>): AsyncIterable<string>;
}

/** Of JSON lines, which may hold every other character that ends a line somewhere. */
async function* linesOf(unpacked: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of unpacked) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  yield rest;
}

const idOf = (line: string): string => (JSON.parse(line) as Pick<LedgerRow, 'id'>).id;

export const openDatasetReader = (objects: Pick<ObjectStore, 'read'>): DatasetReader => {
  const read = async ({ key, sha256 }: File): Promise<Uint8Array> => verified(key, await objects.read(key), sha256);

  async function* filesOf({ pages, packs, segments }: Manifest): AsyncIterable<File> {
    for (const page of pages) yield* PackPage.parse(JSON.parse(Buffer.from(await read(page)).toString())).packs;
    yield* packs;
    yield* segments;
  }

  /** Contents in order, some of them under way at once. */
  async function* contentsOf(manifest: Manifest): AsyncIterable<Uint8Array> {
    const underWay: Promise<Uint8Array>[] = [];
    for await (const file of filesOf(manifest)) {
      const reading = read(file);
      // It is waited for below; what fails before that is no unhandled rejection.
      reading.catch(() => undefined);
      underWay.push(reading);
      if (underWay.length >= readAhead) yield await (underWay.shift() as Promise<Uint8Array>);
    }
    for (const reading of underWay) yield await reading;
  }

  return {
    async *lines(manifest, erased) {
      const left = new Set([...manifest.tombstones, ...erased]);
      for await (const content of contentsOf(manifest)) {
        // A pack unpacked at once may be a hundred times its size.
        const unpacked = Readable.from([content]).pipe(createGunzip());
        for await (const line of linesOf(unpacked)) {
          if (line !== '' && (left.size === 0 || !left.has(idOf(line)))) yield line;
        }
      }
    },
  };
};
