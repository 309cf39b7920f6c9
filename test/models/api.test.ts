import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AuditEntry } from '../../contracts/monitoring.ts';
import { models as routes } from '../../contracts/routes/index.ts';
import { advance, emptyLedger } from '../../functions/cases/domain/ledger-head.ts';
import { openCommit } from '../../functions/cases/store/commit.ts';
import { type Models, openModels } from '../../functions/models/index.ts';
import { openRegistry } from '../../functions/models/store/registry.ts';
import { type AuditTrail, openAuditTrail } from '../../functions/platform/audit.ts';
import { systemClock } from '../../functions/platform/clock.ts';
import { openTable, type Table } from '../../functions/platform/table.ts';
import { logger } from '../../functions/platform/telemetry.ts';
import { version } from '../rollouts/specimens.ts';
import { type ApiCall, callApi } from '../support/call-api.ts';
import { startTestServices, type TestServices } from '../support/services.ts';
import { declare, declareWiderSchema } from './declarations.ts';

let services: TestServices;
let table: Table;
let models: Models;
let trail: AuditTrail;
let handler: Parameters<typeof callApi>[0];
let tenant: string;
let tenants = 0;

beforeAll(async () => {
  services = await startTestServices();
  logger.setLogLevel('SILENT');
  process.env.TABLE_NAME = services.tableName;
  table = openTable(services.tableName);
  models = openModels(table);
  trail = openAuditTrail(table, systemClock);
  ({ handler } = await import('../../functions/models/api.ts'));
}, 120_000);

afterAll(async () => {
  await services?.dispose();
});

beforeEach(() => {
  tenants += 1;
  tenant = `tenant-${tenants}`;
});

const call = (route: Parameters<typeof callApi>[1], given: ApiCall = {}) =>
  callApi(handler, route, { tenant, ...given });
const put = (body: unknown, model = 'clinic', given: ApiCall = {}) =>
  call(routes.putModel, { path: { model }, body, ...given });
const get = (model = 'clinic', given: ApiCall = {}) => call(routes.getModel, { path: { model }, ...given });
const audited = async (): Promise<AuditEntry[]> => (await trail.page(tenant, 50)).items;

/** Lets the ledger of the model accept cases, as the cases slice does. */
const acceptCases = async (count: number, model = 'clinic'): Promise<void> => {
  const at = new Date().toISOString();
  const rows = Array.from({ length: count }, () => ({ label: 'benign', split: 'train' }) as const);
  const after = advance(emptyLedger, { rows, quarantined: [], holdoutShare: 0.2, at });
  expect(await openCommit(table)({ tenant, model, before: emptyLedger, after, decisions: [], at })).toBe(true);
};

const addVersions = async (count: number, model = 'clinic'): Promise<void> => {
  const registry = openRegistry(table);
  for (let number = 0; number < count; number += 1) {
    const key = { tenant, model, job: `job-${number}` };
    await registry.register(key, await registry.latest(tenant, model), version(number), []);
  }
};

describe('registering a model', () => {
  test('answers 201 with the model and its defaults, and it is there', async () => {
    const answer = await put({ task: 'tabular-classification', schema: declare().schema });
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({ name: 'clinic', description: '', policies: { minimumConfidence: 0.8 } });
    expect((await get()).json).toEqual(answer.json);
  });

  test('is audited with who did it', async () => {
    await put(declare());
    expect(await audited()).toMatchObject([
      { action: 'model-registered', actor: 'operator:user-1', model: 'clinic', subjectOfAction: 'clinic' },
    ]);
  });

  test('puts it where schedules find it, once', async () => {
    await put(declare());
    await put(declare({ description: 'changed' }));
    const found: string[] = [];
    for await (const entry of models.directory()) if (entry.tenant === tenant) found.push(entry.model);
    expect(found).toEqual(['clinic']);
  });

  test('again with the same declaration answers 200 and changes nothing', async () => {
    const first = await put(declare());
    const again = await put(declare());
    expect(again.status).toBe(200);
    expect(again.json).toEqual(first.json);
    expect(await audited()).toHaveLength(1);
  });

  test('by many at once registers it once, and audits it once', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => put(declare())));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 201]);
    for (const { json } of answers) expect(json).toEqual(answers[0]?.json);
    expect(await audited()).toHaveLength(1);
  });

  test('refuses a declaration that does not fit, by pointer, and stores nothing', async () => {
    const answer = await put({ ...declare(), colour: 'red' });
    expect(answer).toMatchObject({ status: 400, json: { type: 'urn:relearn:problem:invalid-request' } });
    expect((await get()).status).toBe(404);
  });

  test('is for operators', async () => {
    expect((await put(declare(), 'clinic', { role: 'expert' })).status).toBe(403);
    expect((await get()).status).toBe(404);
  });
});

describe('changing a model', () => {
  test('answers 200, keeps when it was registered, and audits what was changed', async () => {
    const { json: before } = await put(declare());
    const answer = await put(declare({ description: 'another', policies: { minimumConfidence: 0.9 } }));
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ description: 'another', createdAt: before.createdAt });
    expect(answer.json.updatedAt > before.updatedAt).toBe(true);
    const [change] = await audited();
    expect(change).toMatchObject({ action: 'model-changed', reason: 'declared anew: description, policies' });
  });

  test('of its schema is free while no case was accepted', async () => {
    await put(declare());
    expect((await put(declareWiderSchema())).status).toBe(200);
    expect((await get()).json.schema.fields).toHaveProperty('texture');
  });

  test('of its schema is refused once cases were accepted, with their number and what to do', async () => {
    await put(declare());
    await acceptCases(3);
    const answer = await put(declareWiderSchema());
    expect(answer).toMatchObject({
      status: 409,
      json: { type: 'urn:relearn:problem:schema-in-use', acceptedCases: 3 },
    });
    expect(answer.json.detail).toMatch(/3 cases were accepted.*Register a model of another name/);
    expect((await get()).json.schema.fields).not.toHaveProperty('texture');
    expect((await audited()).map(({ action }) => action)).toEqual(['command-refused', 'model-registered']);
  });

  test('of anything else goes on with accepted cases', async () => {
    await put(declare());
    await acceptCases(3);
    expect((await put(declare({ description: 'another' }))).status).toBe(200);
  });

  test('of its schema does not slip past a case that is accepted meanwhile', async () => {
    await put(declare());
    const before = await models.get(tenant, 'clinic');
    const ledger = await models.ledger(tenant, 'clinic');
    await acceptCases(1);
    const after = { ...declareWiderSchema(), name: 'clinic', createdAt: '', updatedAt: new Date().toISOString() };
    expect(await models.save(tenant, after, before, { ledger })).toBe(false);
    expect(await models.get(tenant, 'clinic')).toEqual(before);
  });

  test('at once by two loses neither change', async () => {
    await put(declare());
    await Promise.all(['one', 'two', 'three'].map((description) => put(declare({ description }))));
    const entries = await audited();
    expect(entries.map(({ action }) => action)).toEqual([
      'model-changed',
      'model-changed',
      'model-changed',
      'model-registered',
    ]);
  });
});

describe('listing models', () => {
  test('gives pages by name, each model once, and ends without an empty page', async () => {
    for (const name of ['delta', 'alpha', 'charlie', 'bravo']) await put(declare(), name);
    const first = await call(routes.listModels, { query: { limit: '2' } });
    expect(first.json.items.map(({ name }: { name: string }) => name)).toEqual(['alpha', 'bravo']);
    const second = await call(routes.listModels, { query: { limit: '2', cursor: first.json.nextCursor } });
    expect(second.json.items.map(({ name }: { name: string }) => name)).toEqual(['charlie', 'delta']);
    expect(second.json).not.toHaveProperty('nextCursor');
  });

  test('refuses a cursor that it did not give', async () => {
    const answer = await call(routes.listModels, { query: { cursor: '%%%' } });
    expect(answer).toMatchObject({ status: 400, json: { type: 'urn:relearn:problem:invalid-request' } });
  });
});

describe('the versions of a model', () => {
  test('are listed newest first, in the order of their numbers, page by page', async () => {
    await put(declare());
    await addVersions(12);
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const query: Record<string, string> = { limit: '5', ...(cursor === undefined ? {} : { cursor }) };
      const { json } = await call(routes.listVersions, { path: { model: 'clinic' }, query });
      names.push(...json.items.map((item: { version: string }) => item.version));
      cursor = json.nextCursor;
    } while (cursor !== undefined);
    expect(names).toEqual(Array.from({ length: 12 }, (_, index) => `v1.${11 - index}.0`));
  });

  test('are found one by one', async () => {
    await put(declare());
    await addVersions(2);
    const found = await call(routes.getVersion, { path: { model: 'clinic', version: 'v1.1.0' } });
    expect(found.json).toEqual(version(1));
    const missing = await call(routes.getVersion, { path: { model: 'clinic', version: 'v9.0.0' } });
    expect(missing).toMatchObject({ status: 404, json: { type: 'urn:relearn:problem:not-found' } });
  });

  test('are none of a model that does not exist, and none yet of a new one', async () => {
    expect((await call(routes.listVersions, { path: { model: 'clinic' } })).status).toBe(404);
    await put(declare());
    expect((await call(routes.listVersions, { path: { model: 'clinic' } })).json).toEqual({ items: [] });
  });

  test('refuse a cursor that is no place among versions', async () => {
    await put(declare());
    const cursor = Buffer.from('alpha').toString('base64url');
    const answer = await call(routes.listVersions, { path: { model: 'clinic' }, query: { cursor } });
    expect(answer.status).toBe(400);
  });
});

test('tenants never meet: a foreign model answers as an unknown one does', async () => {
  await put(declare());
  await addVersions(1);
  const stranger = { tenant: `${tenant}-other` };
  const path = { model: 'clinic', version: 'v1.0.0' };
  for (const route of [routes.getModel, routes.listVersions, routes.getVersion]) {
    const known = Object.keys(route.params.shape);
    const foreign = await call(route, {
      ...stranger,
      path: Object.fromEntries(Object.entries(path).filter(([name]) => known.includes(name))),
    });
    const unknown = await call(route, {
      path: Object.fromEntries(Object.entries({ ...path, model: 'unknown' }).filter(([name]) => known.includes(name))),
    });
    expect(foreign.status).toBe(404);
    expect(foreign.text.replaceAll('clinic', 'unknown')).toBe(unknown.text);
  }
  expect((await call(routes.listModels, stranger)).json).toEqual({ items: [] });
  expect((await put(declareWiderSchema(), 'clinic', stranger)).status).toBe(201);
  expect((await get()).json.schema.fields).not.toHaveProperty('texture');
});

test('a repeated call under one Idempotency-Key answers as the first did', async () => {
  const headers = { 'idempotency-key': 'once' };
  const first = await put(declare(), 'clinic', { headers });
  const again = await put(declare(), 'clinic', { headers });
  expect([first.status, again.status]).toEqual([201, 201]);
  expect(again.json).toEqual(first.json);
  const other = await put(declareWiderSchema(), 'clinic', { headers });
  expect(other).toMatchObject({ status: 409, json: { type: 'urn:relearn:problem:idempotency-mismatch' } });
});
