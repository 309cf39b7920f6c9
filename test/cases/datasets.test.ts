import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Dataset, Manifest } from '../../contracts/datasets.ts';
import { cases as routes } from '../../contracts/routes/index.ts';
import { WorkflowError } from '../../contracts/workflows.ts';
import { openCollectQueue } from '../../functions/cases/collect-queue.ts';
import { openCutDataset } from '../../functions/cases/datasets/cut-dataset.ts';
import { openExportDataset } from '../../functions/cases/datasets/export-dataset.ts';
import { openLedger, SegmentCorruptedError } from '../../functions/cases/index.ts';
import { openReceiveCases, type ReceiveCases } from '../../functions/cases/intake/receive-cases.ts';
import { openAuditTrail } from '../../functions/platform/audit.ts';
import { canonicalJson, sha256 } from '../../functions/platform/canonical-json.ts';
import { openObjectStore } from '../../functions/platform/object-store.ts';
import { openTable } from '../../functions/platform/table.ts';
import { type ApiCall, callApi } from '../support/call-api.ts';
import { layFaults } from '../support/faults.ts';
import { clinicCase, clinicModel } from './clinic.ts';
import { startWorld, type World } from './world.ts';

jest.setTimeout(60_000);

const model = clinicModel({ training: { minimumCases: 20 } });
const path = { model: 'clinic' };
let world: World;
let receiveCases: ReceiveCases;
let api: typeof import('../../functions/cases/api.ts').handler;
let patients = 0;

/** Sends new cases and lets them be decided, ten at a time. */
const accept = async (tenant: string, count: number, label?: string): Promise<void> => {
  for (let sent = 0; sent < count; sent += 10) {
    const cases = Array.from({ length: Math.min(10, count - sent) }, () => {
      patients += 1;
      return clinicCase({
        label: label ?? (patients % 2 === 0 ? 'benign' : 'malignant'),
        input: { recordNumber: `P-${patients}` },
      });
    });
    const { received } = await receiveCases(tenant, model, cases);
    await world.commitCases(
      tenant,
      'clinic',
      received.map(({ id }) => id),
    );
  }
};
const post = (tenant: string) => callApi(api, routes.postDataset, { tenant, path });
const list = (tenant: string, query: ApiCall['query'] = {}) =>
  callApi(api, routes.listDatasets, { tenant, path, query });
const readJson = async (key: string) =>
  JSON.parse(Buffer.from((await world.objects.read(key)) ?? new Uint8Array()).toString());
const manifestOf = (tenant: string, id: string) =>
  readJson(`tenants/${tenant}/models/clinic/datasets/${id}/manifest.json`);

beforeAll(async () => {
  world = await startWorld();
  receiveCases = openReceiveCases(
    world.table,
    openCollectQueue(world.services.collectQueueUrl),
    world.keyRing,
    world.clock,
  );
  ({ handler: api } = await import('../../functions/cases/api.ts'));
  for (const tenant of ['acme', 'rival', 'small', 'pages', 'large', 'exported']) await world.register(tenant, model);
}, 120_000);

afterAll(async () => {
  await world.services.dispose();
});

describe('cutting a dataset', () => {
  it('needs the number of cases of the policy, and says how many are missing', async () => {
    await accept('small', 12);
    const answer = await post('small');
    expect(answer.status).toBe(422);
    expect(answer.json).toMatchObject({ type: 'urn:relearn:problem:too-few-cases', needed: 20, accepted: 12 });
    expect(answer.json.detail).toContain('Send 8 more');
  });

  it('needs cases of two classes', async () => {
    await world.register('one-class', model);
    await accept('one-class', 30, 'benign');
    expect((await post('one-class')).json.detail).toContain('at least 2 classes');
  });

  it('gives a manifest whose segments are the accepted cases, by their hashes', async () => {
    await accept('acme', 40);
    const answer = await post('acme');
    expect(answer.status).toBe(201);
    const dataset = Dataset.parse(answer.json);
    const manifest = Manifest.parse(await manifestOf('acme', dataset.id));
    const { id, ...content } = manifest;
    expect(id).toBe(`ds_${sha256(canonicalJson(content))}`);
    expect(manifest.counts).toEqual({
      cases: 40,
      train: dataset.train,
      holdout: dataset.holdout,
      gold: 0,
      labels: dataset.labels,
    });
    for (const segment of manifest.segments) {
      const bytes = await world.objects.read(segment.key);
      expect(sha256(bytes ?? '')).toBe(segment.sha256);
    }
    const [prefix, ...keys] = await readJson(`tenants/acme/models/clinic/datasets/${id}/segments.manifest`);
    expect(keys.map((key: string) => `${prefix.prefix}${key}`)).toEqual(
      manifest.segments.map(({ key }) => `s3://${world.services.bucketName}/${key}`),
    );
    const { items } = await openAuditTrail(world.table, world.clock).page('acme', 1);
    expect(items[0]).toMatchObject({ action: 'dataset-cut', actor: 'operator:user-1', subjectOfAction: id });
  });

  it('again gives the same one while nothing is new, and another after', async () => {
    const first = (await post('acme')).json;
    expect(await post('acme')).toMatchObject({ status: 200, json: first });
    await accept('acme', 1);
    const second = await post('acme');
    expect(second).toMatchObject({ status: 201, json: { cases: 41, cut: 5 } });
    const before = (await manifestOf('acme', first.id)).segments;
    expect((await manifestOf('acme', second.json.id)).segments.slice(0, before.length)).toEqual(before);
  });

  it('by several at once gives one dataset', async () => {
    await accept('rival', 30);
    const answers = await Promise.all([1, 2, 3, 4].map(() => post('rival')));
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect((await list('rival')).json.items).toHaveLength(1);
  });

  it('costs as many calls with much behind it as with little', async () => {
    const callsOf = async () => {
      await accept('large', 10);
      const table = openTable(world.services.tableName);
      const objects = openObjectStore(world.services.bucketName);
      const { calls } = layFaults(table.client, objects.client);
      await openCutDataset(table, objects, world.clock)('large', model, 'test');
      return calls();
    };
    await accept('large', 20);
    await callsOf();
    const early = await callsOf();
    await accept('large', 200);
    await callsOf();
    expect(await callsOf()).toBe(early);
  });
});

describe('the first task of the retrain machine', () => {
  const input = { model: 'clinic', job: 'job_01J9Z3ABCDEFGHJKMNPQRSTVWX', attempt: 1, rollOut: true };

  it('names the objects that the job is given', async () => {
    const { handler } = await import('../../functions/cases/snapshot-dataset.ts');
    const snapshot = await handler({ ...input, tenant: 'acme' });
    expect(snapshot.cut).toBe(5);
    expect(Manifest.parse(await readJson(snapshot.manifestKey)).id).toBe(snapshot.dataset);
    expect(await readJson(snapshot.segmentListKey)).toHaveLength(6);
  });

  it('fails by the name that the machine knows where there are too few cases', async () => {
    const { handler } = await import('../../functions/cases/snapshot-dataset.ts');
    const failed = handler({ ...input, tenant: 'small' });
    await expect(failed).rejects.toMatchObject({ name: WorkflowError.TooFewCases });
    await expect(failed).rejects.toThrow('at least 20 accepted cases, found 12');
  });
});

describe('the datasets of a model', () => {
  it('are listed page by page, the newest first', async () => {
    await accept('pages', 20);
    const ids: string[] = [];
    for (let cut = 0; cut < 5; cut += 1) {
      await accept('pages', 1);
      ids.unshift((await post('pages')).json.id);
    }
    const first = (await list('pages', { limit: '2' })).json;
    const second = (await list('pages', { limit: '2', cursor: first.nextCursor })).json;
    const third = (await list('pages', { limit: '2', cursor: second.nextCursor })).json;
    expect([first, second, third].flatMap(({ items }) => items.map(({ id }: Dataset) => id))).toEqual(ids);
    expect(third).not.toHaveProperty('nextCursor');
    expect((await list('pages', { cursor: 'made up' })).status).toBe(400);
  });
});

describe('the export of a dataset', () => {
  let id: string;
  const exportOf = (tenant: string, dataset: string) =>
    callApi(api, routes.exportDataset, { tenant, path: { ...path, dataset } });

  beforeAll(async () => {
    await accept('exported', 30);
    id = (await post('exported')).json.id;
  });

  it('is one JSON object a line, by pseudonym', async () => {
    const answer = await exportOf('exported', id);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/x-ndjson');
    const rows = answer.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows).toHaveLength(30);
    for (const { subject, validator } of rows) expect([subject, validator].join()).toMatch(/^sub_\w{26},val_\w{26}$/);
    expect(answer.text).not.toMatch(/P-\d|Lovelace|Hopper/);
  });

  it('that is too large for one answer lies at an address, unchanged', async () => {
    const inHand = await exportOf('exported', id);
    const exported = await openExportDataset(world.table, world.objects, 1000)('exported', 'clinic', id);
    const address = exported !== undefined && 'address' in exported ? exported.address : '';
    expect(address).toContain('X-Amz-Expires=300');
    expect(address).toContain(`tenants/exported/models/clinic/datasets/${id}/`);
    const response = await fetch(address);
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    expect(await response.text()).toBe(inHand.text);
  });

  it('answers a foreign dataset as it answers an unknown one', async () => {
    const foreign = await exportOf('rival', id);
    const unknown = await exportOf('exported', `ds_${'0'.repeat(64)}`);
    expect([foreign.status, unknown.status]).toEqual([404, 404]);
  });

  it('refuses a segment whose bytes have changed', async () => {
    const [segment] = (await manifestOf('exported', id)).segments;
    const { client, bucket } = world.objects;
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: segment.key, Body: 'altered' }));
    expect((await exportOf('exported', id)).status).toBe(500);
    await expect(openLedger(world.table, world.objects).openAfter('exported', 'clinic', 0, 1)).rejects.toThrow(
      SegmentCorruptedError,
    );
  });
});
