import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parquetReadObjects } from 'hyparquet';
import type { LedgerRow } from '../../contracts/cases.ts';
import { cases as routes } from '../../contracts/routes/index.ts';
import { openCollectQueue } from '../../functions/cases/collect-queue.ts';
import { writeParquet } from '../../functions/cases/datasets/parquet.ts';
import { openReceiveCases } from '../../functions/cases/intake/receive-cases.ts';
import { python } from '../../local/paths.ts';
import { type ApiAnswer, callApi } from '../support/call-api.ts';
import { clinicModel } from './clinic.ts';
import { pumpCase, pumpModel } from './pump.ts';
import { sealedRow } from './sealing.ts';
import { startWorld, type World } from './world.ts';

jest.setTimeout(60_000);

const model = pumpModel({ training: { minimumCases: 10 } });
const path = { model: 'pump' };
const program = join(import.meta.dirname, 'parquet.py');
let world: World;
let folder: string;
let post: (body: unknown, role?: string) => Promise<ApiAnswer>;
let api: typeof import('../../functions/cases/api.ts').handler;
let dataset: string;

type Row = Readonly<Record<string, unknown>>;

/** The file as pyarrow sees it. */
const readByPyarrow = async (
  content: Uint8Array,
): Promise<{ schema: Record<string, string>; rows: Row[]; groups: number }> => {
  const file = join(folder, 'cases.parquet');
  await writeFile(file, content);
  const { stdout } = await promisify(execFile)(python, [program, file], { maxBuffer: 2 ** 28 });
  return JSON.parse(stdout);
};
const readByHyparquet = (content: Uint8Array): Promise<Row[]> => {
  const { buffer } = new Uint8Array(content);
  return parquetReadObjects({ file: buffer });
};
const exportOf = (query: Record<string, string>) =>
  callApi(api, routes.exportDataset, { path: { ...path, dataset }, query });
/** In ms, whatever a reader makes of it. */
const at = (time: unknown): number => new Date(time as string | Date).getTime();

beforeAll(async () => {
  world = await startWorld();
  folder = await mkdtemp(join(tmpdir(), 'relearn-parquet-'));
  await world.register('acme', model);
  ({ handler: api } = await import('../../functions/cases/api.ts'));
  post = (body, role = 'expert') => callApi(api, routes.postCases, { path, role, body });
  const { json } = await post({ cases: Array.from({ length: 20 }, (_, index) => pumpCase(index + 1)) });
  const gold = await post({ ...pumpCase(21), gold: true });
  const ids = [...json.cases, ...gold.json.cases].map(({ id }: { id: string }) => id);
  await world.commitCases('acme', 'pump', ids);
  dataset = (await callApi(api, routes.postDataset, { path })).json.id;
}, 120_000);

afterAll(async () => {
  await world.services.dispose();
  await rm(folder, { recursive: true, force: true });
});

describe('cases with a number for their label', () => {
  const send = async (given: object): Promise<Row> => {
    const { json } = await post({ ...pumpCase(1), ...given });
    const id = json.cases[0].id;
    await world.commitCases('acme', 'pump', [id]);
    return (await callApi(api, routes.getCase, { path: { ...path, case: id } })).json;
  };

  it('are accepted, and counted without their labels', async () => {
    const { json } = await callApi(api, routes.getCaseStatistics, { path });
    expect(json).toMatchObject({ accepted: 21, gold: 1, labels: {}, quarantined: 0 });
  });

  it('are duplicates within the tolerance of the label, and beyond it in conflict', async () => {
    expect(await send({ label: 0.75 })).toMatchObject({ status: 'quarantined', reasons: ['duplicate'], label: 0.75 });
    expect(await send({ label: 0.76 })).toMatchObject({ status: 'quarantined', reasons: ['conflicting-label'] });
  });
});

describe('a gold case', () => {
  it('is taken from people alone', async () => {
    const alone = await post({ ...pumpCase(30), gold: true }, 'app');
    expect(alone.status).toBe(422);
    expect(alone.json).toMatchObject({ reason: 'gold-not-allowed', errors: [{ pointer: '/gold' }] });
    const batch = await post({ cases: [pumpCase(30), { ...pumpCase(31), gold: true }] }, 'app');
    expect(batch.json).toMatchObject({ received: 1, refusals: [{ index: 1, reason: 'gold-not-allowed' }] });
    const plain = await post({ ...pumpCase(32), gold: false }, 'app');
    expect(plain.status).toBe(202);
    const { json } = await callApi(api, routes.getCase, { path: { ...path, case: plain.json.cases[0].id } });
    expect(json).not.toHaveProperty('gold');
  });

  it('is shown as what it is, and is no part of what is trained on or held out', async () => {
    const rows = (await exportOf({})).text
      .trimEnd()
      .split('\n')
      .map((line): LedgerRow => JSON.parse(line));
    const gold = rows.filter(({ split }) => split === 'gold');
    expect(gold).toHaveLength(1);
    const { json } = await callApi(api, routes.getCase, { path: { ...path, case: gold[0]?.id ?? '' } });
    expect(json).toMatchObject({ gold: true, status: 'accepted', label: 5.25 });
    const { items } = (await callApi(api, routes.listDatasets, { path })).json;
    const { train, holdout, ...counts } = items[0];
    expect(counts).toMatchObject({ cases: 21, gold: 1, labels: {} });
    expect(train + holdout).toBe(20);
  });
});

describe('a case that is too large to be kept', () => {
  it('is refused, and costs no other', async () => {
    const texts = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [
        `note${index}`,
        { kind: 'feature', type: 'text', deidentified: true, required: true },
      ]),
    ) as object;
    const large = { ...model, schema: { ...model.schema, fields: { ...model.schema.fields, ...texts } } };
    const queue = openCollectQueue(world.services.collectQueueUrl);
    const receiveCases = openReceiveCases(world.table, queue, world.keyRing, world.clock);
    const of = (length: number) => {
      const notes = Object.keys(texts).map((name) => [name, 'x'.repeat(length)]);
      return { ...pumpCase(1), input: { ...pumpCase(1).input, ...Object.fromEntries(notes) } };
    };
    const { received, refused } = await receiveCases('acme', large, [of(4000), of(2000)]);
    expect(received).toMatchObject([{ index: 1 }]);
    expect(refused).toMatchObject([{ index: 0, reason: 'too-large' }]);
    expect(refused[0]?.detail).toMatch(/at most 150000 bytes as it is kept, got 20\d{4}/);
  });
});

describe('a dataset as Parquet', () => {
  let content: Uint8Array;
  let rows: LedgerRow[];

  beforeAll(async () => {
    const { status, headers } = await exportOf({ format: 'parquet' });
    expect(status).toBe(303);
    const response = await fetch(String(headers.location));
    expect(response.headers.get('content-type')).toBe('application/vnd.apache.parquet');
    content = new Uint8Array(await response.arrayBuffer());
    rows = (await exportOf({ format: 'jsonl' })).text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  });

  it('has a column for each field, of the type that its schema says', async () => {
    const { schema } = await readByPyarrow(content);
    expect(schema).toEqual({
      id: 'string',
      receivedAt: 'timestamp[ms, tz=UTC]',
      subject: 'string',
      split: 'string',
      label: 'double',
      confidence: 'double',
      validator: 'string',
      pressure: 'double',
      site: 'string',
      sealed: 'bool',
      note: 'string',
      at: 'timestamp[ms, tz=UTC]',
      built: 'int32',
      'input.label': 'double',
    });
  });

  it('holds the cases as JSON lines do, by pyarrow and by hyparquet', async () => {
    expect(rows).toHaveLength(21);
    for (const read of [(await readByPyarrow(content)).rows, await readByHyparquet(content)]) {
      const found = read.map((row) => ({ ...row, receivedAt: at(row.receivedAt), at: at(row.at) }));
      expect(found).toEqual(
        rows.map(({ id, receivedAt, subject, split, label, confidence, validator, input }) => {
          const { label: own, ...others } = input;
          const times = { receivedAt: at(receivedAt), at: Date.parse('2026-03-01T07:30:00Z') };
          return { id, subject, split, label, confidence, validator, 'input.label': own, ...others, ...times };
        }),
      );
    }
    expect(rows.filter(({ input }) => input.sealed === null)).toHaveLength(7);
  });

  it('is written group by group, so that no more than one is held', async () => {
    const { schema } = clinicModel();
    const count = 25_000;
    async function* lines(): AsyncIterable<string> {
      for (let number = 0; number < count; number += 1) yield JSON.stringify(sealedRow(number));
    }
    const pieces: Uint8Array[] = [];
    for await (const piece of writeParquet(schema, lines())) pieces.push(piece);
    // Three groups, and the foot of the file.
    expect(pieces).toHaveLength(4);
    const { groups, rows: found } = await readByPyarrow(Buffer.concat(pieces));
    expect([groups, found.length]).toEqual([3, count]);
    expect(found.filter(({ id }, index) => id !== sealedRow(index).id)).toEqual([]);
    expect(found[12_345]).toMatchObject({ label: 'malignant', texture: null, smoker: false, age: 64, postcode: '100' });
  });

  it('of no cases is a file all the same', async () => {
    async function* none(): AsyncIterable<string> {}
    const pieces: Uint8Array[] = [];
    for await (const piece of writeParquet(clinicModel().schema, none())) pieces.push(piece);
    const { rows: found, schema } = await readByPyarrow(Buffer.concat(pieces));
    expect(found).toEqual([]);
    expect(schema).toMatchObject({ label: 'string', radius: 'double' });
  });
});
