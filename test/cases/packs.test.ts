import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { DeleteCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Dataset, Manifest } from '../../contracts/datasets.ts';
import { objectKeys } from '../../contracts/keys.ts';
import { openCutDataset } from '../../functions/cases/datasets/cut-dataset.ts';
import { openDatasets, readManifest } from '../../functions/cases/datasets/datasets.ts';
import { openExportDataset } from '../../functions/cases/datasets/export-dataset.ts';
import { openLedger, SegmentCorruptedError } from '../../functions/cases/index.ts';
import { packRows } from '../../functions/cases/ledger/segment-file.ts';
import { openPackStore } from '../../functions/cases/store/packs.ts';
import { sha256 } from '../../functions/platform/canonical-json.ts';
import { type ObjectStore, openObjectStore } from '../../functions/platform/object-store.ts';
import { openTable } from '../../functions/platform/table.ts';
import { countCalls, isCrash, layFaults } from '../support/faults.ts';
import { clinicModel } from './clinic.ts';
import { sealEach, sealedRow } from './sealing.ts';
import { startWorld, type World } from './world.ts';

jest.setTimeout(60_000);

const model = clinicModel({ training: { minimumCases: 20 } });
const from = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);
const idOf = (number: number) => sealedRow(number).id;
let world: World;

/** Objects that tell which keys were read. */
const watched = (objects: ObjectStore) => {
  const keys: string[] = [];
  const read: ObjectStore['read'] = (key) => {
    keys.push(key);
    return objects.read(key);
  };
  return { objects: { ...objects, read }, keys };
};
const cut = async (tenant: string, objects: ObjectStore = world.objects): Promise<Dataset> => {
  const result = await openCutDataset(world.table, objects, world.clock)(tenant, model, 'test');
  if (!('dataset' in result)) throw new Error(result.detail);
  return result.dataset;
};
const manifestOf = (tenant: string, id: string): Promise<Manifest> => readManifest(world.objects, tenant, 'clinic', id);
/** The ids of the cases of a dataset, by every way of reading it. */
const idsOf = async (tenant: string, id: string): Promise<string[]> => {
  const ids: string[] = [];
  for await (const rows of openDatasets(world.table, world.objects).read(tenant, 'clinic', id)) {
    ids.push(...rows.map((row) => row.id));
  }
  const exported = await openExportDataset(world.table, world.objects)(tenant, 'clinic', id);
  const lines = exported !== undefined && 'lines' in exported ? exported.lines.trimEnd().split('\n') : [];
  expect(lines.map((line) => JSON.parse(line).id)).toEqual(ids);
  return ids;
};

beforeAll(async () => {
  world = await startWorld();
}, 120_000);

afterAll(async () => {
  await world.services.dispose();
});

describe('a dataset of many segments', () => {
  const ledger = 'tenants/packed/models/clinic/ledger/';
  let first: Dataset;

  beforeAll(async () => {
    await sealEach(world, 'packed', from(1, 210));
    first = await cut('packed');
  });

  it('holds them as packs, whose bytes are the segments one after the other', async () => {
    const { pages, packs, segments, counts } = await manifestOf('packed', first.id);
    expect([pages.length, packs.length, segments.length, counts.cases]).toEqual([0, 1, 10, 210]);
    const [pack] = packs;
    const members = from(1, 200).map((sequence) => packRows([sealedRow(sequence)]));
    const bytes = Buffer.concat(members);
    expect(pack).toEqual({ number: 1, key: `${ledger}packs/000000000001.jsonl.gz`, sha256: sha256(bytes), cases: 200 });
    expect(Buffer.from((await world.objects.read(pack?.key ?? '')) ?? []).equals(bytes)).toBe(true);
    expect(await idsOf('packed', first.id)).toEqual(from(1, 210).map(idOf));
  });

  it('lists for the training each object that holds them, and no other', async () => {
    const stored = await world.objects.read(objectKeys.segmentList('packed', 'clinic', first.id));
    const [head, ...names] = JSON.parse(Buffer.from(stored ?? []).toString());
    const { packs, segments } = await manifestOf('packed', first.id);
    expect(head).toEqual({ prefix: `s3://${world.objects.bucket}/${ledger}` });
    expect(names.map((name: string) => `${ledger}${name}`)).toEqual([...packs, ...segments].map(({ key }) => key));
  });

  it('reads each segment once, however often a dataset is cut', async () => {
    const packed: string[] = [];
    for (const last of [280, 350, 420]) {
      await sealEach(world, 'packed', from(last - 69, last));
      const { objects, keys } = watched(world.objects);
      await cut('packed', objects);
      packed.push(...keys);
    }
    const sequences = packed.map((key) => Number(key.slice(ledger.length, ledger.length + 12)));
    expect(sequences.sort((a, b) => a - b)).toEqual(from(201, 400));
  });

  it('has the same id whoever cuts it, whether the packs are there or not', async () => {
    const other = { ...world, table: openTable(world.services.tableName) };
    const again = await openCutDataset(other.table, world.objects, world.clock)('packed', model, 'other');
    const present = await cut('packed');
    expect(again).toMatchObject({ created: false, dataset: { id: present.id } });
    await forget('packed', ['pack#', 'dataset#']);
    expect((await cut('packed')).id).toBe(present.id);
  });

  it('is cut once by several at the same time', async () => {
    await sealEach(world, 'packed', from(421, 601));
    const cuts = await Promise.all([1, 2, 3].map(() => cut('packed')));
    expect(new Set(cuts.map(({ id }) => id)).size).toBe(1);
    expect(await openPackStore(world.table).lastPack('packed', 'clinic')).toBe(3);
  });

  it('leaves whoever follows the ledger its segments', async () => {
    const segments = await openLedger(world.table, world.objects).openAfter('packed', 'clinic', 195, 10);
    expect(segments.flatMap(({ rows }) => rows.map(({ id }) => id))).toEqual(from(196, 205).map(idOf));
  });

  it('is not cut of a segment whose bytes have changed', async () => {
    await sealEach(world, 'packed', from(602, 800));
    const altered = { ...world.objects, read: async () => Buffer.from('altered') };
    await expect(cut('packed', altered)).rejects.toThrow(SegmentCorruptedError);
    expect(await openPackStore(world.table).lastPack('packed', 'clinic')).toBe(3);
  });
});

/** Removes what a ledger's packing and cutting left in the table, and the packs themselves. */
const forget = async (tenant: string, prefixes: readonly string[]): Promise<void> => {
  const { client, table: TableName } = world.table;
  const pk = `tenant#${tenant}#model#clinic`;
  for (const prefix of prefixes) {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
        ExpressionAttributeValues: { ':pk': pk, ':sk': prefix },
      }),
    );
    for (const { sk } of Items) await client.send(new DeleteCommand({ TableName, Key: { pk, sk } }));
  }
  const Key = objectKeys.pack(tenant, 'clinic', 1);
  await world.objects.client.send(new DeleteObjectCommand({ Bucket: world.objects.bucket, Key }));
};

describe('a ledger of more packs than a manifest names', () => {
  it('is named by full pages of them, each with its hash', async () => {
    // Fifty packs have 10,000 segments; the first 49 are stored as packs alone.
    const store = openPackStore(world.table);
    for (const number of from(1, 49)) {
      const bytes = packRows(from(200 * number - 199, 200 * number).map(sealedRow));
      const key = objectKeys.pack('paged', 'clinic', number);
      await world.objects.writeOnce(key, bytes, 'application/gzip');
      await store.addPack('paged', 'clinic', { number, key, sha256: sha256(bytes), cases: 200 });
    }
    await sealEach(world, 'paged', from(9801, 10_003));
    const { id } = await cut('paged');
    const { pages, packs, segments, counts } = await manifestOf('paged', id);
    expect([packs.length, segments.length, counts.cases]).toEqual([0, 3, 10_003]);
    const page = await world.objects.read(pages[0]?.key ?? '');
    expect(pages).toEqual([
      {
        key: 'tenants/paged/models/clinic/ledger/pages/000000000001.json',
        sha256: sha256(page ?? ''),
        cases: 10_000,
        packs: 50,
      },
    ]);
    expect(await idsOf('paged', id)).toEqual(from(1, 10_003).map(idOf));
    const list = await world.objects.read(objectKeys.segmentList('paged', 'clinic', id));
    expect(JSON.parse(Buffer.from(list ?? []).toString())).toHaveLength(1 + 1 + 50 + 3);
  });
});

describe('a crash while a dataset is cut', () => {
  it('at any call of AWS leaves a ledger that the next call packs and cuts as ever', async () => {
    await sealEach(world, 'crashed', from(1, 203));
    const table = openTable(world.services.tableName);
    const objects = openObjectStore(world.services.bucketName);
    // Two hundred reads are alike; they are made beforehand, and one is left that breaks.
    const contents = new Map<string, Uint8Array | undefined>();
    for (const { key } of await world.ledger.segmentsAfter('crashed', 'clinic', 1, 202)) {
      contents.set(key, await objects.read(key));
    }
    const read: ObjectStore['read'] = async (key) => (contents.has(key) ? contents.get(key) : objects.read(key));
    const faults = layFaults(table.client, objects.client);
    const cutFaulty = () => openCutDataset(table, { ...objects, read }, world.clock)('crashed', model, 'test');
    const calls = await countCalls(faults, cutFaulty);
    const { id } = await cut('crashed');
    const anew = () => forget('crashed', ['pack#', 'dataset#']);
    await anew();
    // What breaks off before a call breaks off after the one before it.
    for (let call = 1; call <= calls; call += 1) {
      faults.arm(call, 'after');
      expect(isCrash(await cutFaulty().catch((error: unknown) => error))).toBe(true);
      faults.arm(0, 'after');
      expect(await cutFaulty()).toMatchObject({ dataset: { id, cases: 203 } });
      await anew();
    }
    // Head, tombstones, packs made, segments, one of them read, pack, its item, pages made, tail, packs, the dataset,
    // list, manifest, audit read and written, the dataset's item.
    expect(calls).toBe(16);
    await cut('crashed');
    expect(await idsOf('crashed', id)).toEqual(from(1, 203).map(idOf));
  });
});
