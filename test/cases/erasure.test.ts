import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Case, CaseLineage, type CaseStatistics } from '../../contracts/cases.ts';
import { Dataset } from '../../contracts/datasets.ts';
import { cases as routes } from '../../contracts/routes/index.ts';
import type { Version } from '../../contracts/versions.ts';
import { openCollectQueue } from '../../functions/cases/collect-queue.ts';
import { readManifest } from '../../functions/cases/datasets/datasets.ts';
import { openEraseCase } from '../../functions/cases/erasure/erase-case.ts';
import { openReceiveCases } from '../../functions/cases/intake/receive-cases.ts';
import { openCaseCounts } from '../../functions/cases/ledger/count-cases.ts';
import { openEraseTransaction } from '../../functions/cases/store/erase.ts';
import { openTombstoneStore } from '../../functions/cases/store/tombstones.ts';
import { orderOf, versionEntity } from '../../functions/models/index.ts';
import { openAuditTrail } from '../../functions/platform/audit.ts';
import { openObjectStore } from '../../functions/platform/object-store.ts';
import { openTable } from '../../functions/platform/table.ts';
import { type ApiCall, callApi } from '../support/call-api.ts';
import { countCalls, eachCrash, layFaults } from '../support/faults.ts';
import { clinicCase, clinicModel } from './clinic.ts';
import { startWorld, type World } from './world.ts';

jest.setTimeout(60_000);

const model = clinicModel({ training: { minimumCases: 10 } });
let world: World;
let api: typeof import('../../functions/cases/api.ts').handler;
let tenants = 0;

const newTenant = async (): Promise<string> => {
  tenants += 1;
  await world.register(`tenant-${tenants}`, model);
  return `tenant-${tenants}`;
};
/** A case of one patient; every other is malignant. */
const patient = (number: number, given: Record<string, unknown> = {}) =>
  clinicCase({
    label: number % 2 === 0 ? 'benign' : 'malignant',
    ...given,
    input: { recordNumber: `P-${number}`, ...(given.input as object) },
  });
const patients = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => patient(first + index));

const receive = async (tenant: string, cases: readonly unknown[]): Promise<string[]> => {
  const queue = openCollectQueue(world.services.collectQueueUrl);
  const receiveCases = openReceiveCases(world.table, queue, world.keyRing, world.clock);
  const { received } = await receiveCases(tenant, model, cases, { gold: true });
  return received.map(({ id }) => id);
};
/** Sends cases and lets them be decided. */
const decide = async (tenant: string, cases: readonly unknown[]): Promise<string[]> => {
  const ids = await receive(tenant, cases);
  await world.commitCases(tenant, 'clinic', ids);
  return ids;
};
const call = (
  route: (typeof routes)['deleteCase' | 'getCaseLineage' | 'getCase'],
  tenant: string,
  id: string,
  more: ApiCall = {},
) => callApi(api, route, { tenant, path: { model: 'clinic', case: id }, ...more });
const erase = (tenant: string, id: string) => call(routes.deleteCase, tenant, id);
const lineage = async (tenant: string, id: string) =>
  CaseLineage.parse((await call(routes.getCaseLineage, tenant, id)).json);
const cut = async (tenant: string): Promise<Dataset> =>
  Dataset.parse((await callApi(api, routes.postDataset, { tenant, path: { model: 'clinic' } })).json);
const statistics = (tenant: string): Promise<CaseStatistics> =>
  openCaseCounts(world.table).statistics(tenant, 'clinic');
const exported = async (tenant: string, dataset: string): Promise<string> =>
  (await callApi(api, routes.exportDataset, { tenant, path: { model: 'clinic', dataset } })).text;

beforeAll(async () => {
  world = await startWorld();
  ({ handler: api } = await import('../../functions/cases/api.ts'));
}, 120_000);

afterAll(async () => {
  await world.services.dispose();
});

describe('an accepted case that is erased', () => {
  let tenant: string;
  let ids: string[];
  let before: { statistics: CaseStatistics; dataset: Dataset };

  beforeAll(async () => {
    tenant = await newTenant();
    ids = await decide(tenant, patients(1, 20));
    before = { statistics: await statistics(tenant), dataset: await cut(tenant) };
  });

  it('keeps nothing of what it said', async () => {
    const answer = await erase(tenant, ids[0] ?? '');
    expect(answer.status).toBe(200);
    const left = Case.parse(answer.json);
    expect(left).toMatchObject({ id: ids[0], status: 'erased', reasons: [], subject: null, input: {}, label: null });
    expect([left.validator, left.confidence]).toEqual([null, null]);
    const [stored] = await world.cases.getMany(tenant, 'clinic', [ids[0] ?? '']);
    expect(JSON.stringify(stored)).not.toMatch(/malignant|sub_|val_|12\.5/);
  });

  it('is no part of the counts', async () => {
    const { accepted, labels, received } = before.statistics;
    expect(await statistics(tenant)).toMatchObject({
      accepted: accepted - 1,
      received: received - 1,
      erased: 1,
      labels: { ...labels, malignant: (labels.malignant ?? 0) - 1 },
    });
  });

  it('is told of in the audit, once, however often its erasure is asked for', async () => {
    const again = await erase(tenant, ids[0] ?? '');
    expect(again.json).toMatchObject({ status: 'erased' });
    const { items } = await openAuditTrail(world.table, world.clock).page(tenant, 10);
    const told = items.filter(({ action }) => action === 'case-erased');
    expect(told).toMatchObject([{ actor: 'operator:user-1', model: 'clinic', subjectOfAction: ids[0] }]);
    expect((await statistics(tenant)).erased).toBe(1);
  });

  it('is left out of the next dataset, and of every export, also of datasets that held it', async () => {
    const dataset = await cut(tenant);
    expect(dataset).toMatchObject({ cases: before.dataset.cases - 1, erased: 1, cut: before.dataset.cut });
    expect(dataset.id).not.toBe(before.dataset.id);
    expect((await readManifest(world.objects, tenant, 'clinic', dataset.id)).tombstones).toEqual([ids[0]]);
    for (const id of [before.dataset.id, dataset.id]) {
      const text = await exported(tenant, id);
      expect(text.trimEnd().split('\n')).toHaveLength(19);
      expect(text).not.toContain(ids[0]);
    }
  });

  it('stays out where the same case comes late, and that one keeps nothing either', async () => {
    const [late = ''] = await decide(tenant, [patient(1)]);
    expect((await call(routes.getCase, tenant, late)).json).toMatchObject({
      status: 'quarantined',
      reasons: ['erased'],
      subject: null,
      input: {},
      label: null,
    });
    await world.commitCases(tenant, 'clinic', ids);
    expect(await statistics(tenant)).toMatchObject({ accepted: 19, quarantined: 1, reasons: { erased: 1 } });
  });

  it('is found by its lineage in what was made of it before', async () => {
    const traced = await lineage(tenant, ids[0] ?? '');
    expect(traced).toMatchObject({ status: 'erased', segment: 1 });
    expect(traced.datasets.map(({ dataset }) => dataset)).toEqual([before.dataset.id]);
  });
});

describe('a case that is erased before it is trusted', () => {
  it('is no longer counted among the quarantined, nor is its reason, and a better one does not replace it', async () => {
    const tenant = await newTenant();
    const [faulty = '', kept = ''] = await decide(tenant, [
      patient(1, { confidence: 0.1 }),
      patient(2, { label: 'x' }),
    ]);
    expect((await erase(tenant, faulty)).json).toMatchObject({ status: 'erased' });
    expect(await statistics(tenant)).toMatchObject({ quarantined: 1, reasons: { 'low-confidence': 0 }, erased: 0 });
    await decide(tenant, [patient(1)]);
    expect(await statistics(tenant)).toMatchObject({ accepted: 0, reasons: { erased: 1 } });
    expect((await call(routes.getCase, tenant, kept)).json).toMatchObject({ status: 'quarantined' });
  });

  it('is not decided any more where it still waited', async () => {
    const tenant = await newTenant();
    const ids = await receive(tenant, patients(1, 2));
    await erase(tenant, ids[0] ?? '');
    expect(await world.commitCases(tenant, 'clinic', ids)).toMatchObject({ accepted: 1, skipped: 1, missing: [] });
    expect(await statistics(tenant)).toMatchObject({ accepted: 1, pending: 0, received: 1 });
  });

  it('leaves the case alone whose duplicate it was', async () => {
    const tenant = await newTenant();
    const [first = '', duplicate = ''] = await decide(tenant, [patient(1), patient(1)]);
    await erase(tenant, duplicate);
    await decide(tenant, [patient(1)]);
    expect((await call(routes.getCase, tenant, first)).json).toMatchObject({ status: 'accepted', label: 'malignant' });
    expect(await statistics(tenant)).toMatchObject({ accepted: 1, quarantined: 1, reasons: { duplicate: 1 } });
  });
});

describe('an erasure', () => {
  it('is for operators and admins alone, and answers a foreign case as an unknown one', async () => {
    const tenant = await newTenant();
    const [id = ''] = await decide(tenant, [patient(1)]);
    const roles = await Promise.all(['app', 'expert'].map((role) => call(routes.deleteCase, tenant, id, { role })));
    expect(roles.map(({ status }) => status)).toEqual([403, 403]);
    const foreign = await erase(await newTenant(), id);
    const unknown = await erase(tenant, 'case_01J9Z3ABCDEFGHJKMNPQRSTVWX');
    expect([foreign.status, unknown.status]).toEqual([404, 404]);
    expect(await statistics(tenant)).toMatchObject({ accepted: 1 });
  });

  it('happens once where several ask for it among commits', async () => {
    const tenant = await newTenant();
    const [id = ''] = await decide(tenant, patients(1, 10));
    const later = await Promise.all([1, 2].map((round) => receive(tenant, patients(10 * round + 1, 10 * round + 5))));
    await Promise.all([
      ...[1, 2, 3].map(() => erase(tenant, id)),
      ...later.map((ids) => world.commitCases(tenant, 'clinic', ids)),
    ]);
    expect(await statistics(tenant)).toMatchObject({ accepted: 19, erased: 1, pending: 0 });
    expect(await openTombstoneStore(world.table).list(tenant, 'clinic')).toEqual([id]);
  });

  it('is stopped by a decision that came between, even if the head is as it was read', async () => {
    const tenant = await newTenant();
    const [id = ''] = await receive(tenant, [patient(1)]);
    const found = await world.cases.get(tenant, 'clinic', id);
    await world.commitCases(tenant, 'clinic', [id]);
    const before = await world.ledger.head(tenant, 'clinic');
    const erasure = { tenant, model: 'clinic', actor: 'test', before, row: undefined, counted: undefined };
    if (found === undefined) throw new Error('the case is gone');
    expect(await openEraseTransaction(world.table, world.clock)({ ...erasure, found })).toBe(false);
    expect((await call(routes.getCase, tenant, id)).json).toMatchObject({ status: 'accepted' });
  });

  it('that breaks off before or after any call of AWS is made good by the next', async () => {
    const tenant = await newTenant();
    const ids = await decide(tenant, patients(1, 25));
    const table = openTable(world.services.tableName);
    const objects = openObjectStore(world.services.bucketName);
    const faults = layFaults(table.client, objects.client);
    const eraseFaulty = openEraseCase(table, objects, world.keyRing, world.clock);
    const next = () => ids.pop() ?? '';
    const calls = await countCalls(faults, () => eraseFaulty(tenant, model, next(), 'test'));
    let erased = 1;
    await eachCrash(faults, calls, async (crash) => {
      const id = next();
      await crash(() => eraseFaulty(tenant, model, id, 'test'));
      expect(await eraseFaulty(tenant, model, id, 'test')).toMatchObject({ status: 'erased' });
      erased += 1;
    });
    // Head, case, segment and its object, who holds the observation, the audit's end, the transaction, what is left.
    expect(calls).toBe(8);
    expect(await statistics(tenant)).toMatchObject({ accepted: 25 - erased, erased });
    const { items } = await openAuditTrail(world.table, world.clock).page(tenant, 100);
    expect(items).toHaveLength(erased);
  });
});

describe('the lineage of a case', () => {
  const addVersion = async (tenant: string, number: number, dataset: Dataset): Promise<void> => {
    const version = `v1.${number}.0`;
    const record: Omit<Version, 'status' | 'rollout'> = {
      version,
      createdAt: '2026-03-01T00:00:00.000Z',
      artifact: { digest: 'a'.repeat(64), bytes: 1, format: 'onnx' },
      signature: { numeric: [], categorical: [], classes: [] },
      lineage: {
        dataset: dataset.id,
        cut: dataset.cut,
        job: 'job_01J9Z3ABCDEFGHJKMNPQRSTVWX',
        codeVersion: '1',
        recipe: 'tabular',
        algorithm: 'logistic-regression',
        seed: 1,
      },
      metrics: { training: null, holdout: null, crossValidation: null },
      gate: [],
    };
    await versionEntity(world.table)
      .create({ tenant, model: 'clinic', order: orderOf(version), status: 'staging', record })
      .go();
  };

  it('names the datasets that hold it and the versions made of them, and on which side it was', async () => {
    const tenant = await newTenant();
    const ids = await decide(tenant, patients(1, 20));
    const first = await cut(tenant);
    await addVersion(tenant, 1, first);
    const [late = '', gold = ''] = await decide(tenant, [patient(21), patient(22, { gold: true })]);
    const second = await cut(tenant);
    await addVersion(tenant, 2, second);
    const traces = await Promise.all([...ids, late, gold].map((id) => lineage(tenant, id)));
    const useOf = { train: 'trained', holdout: 'held-out', gold: 'gold' } as const;
    for (const { split = 'gold', segment, datasets, versions } of traces) {
      const use = useOf[split];
      const expected = segment === 1 ? [second, first] : [second];
      expect(datasets).toEqual(expected.map(({ id, createdAt }) => ({ dataset: id, createdAt, use })));
      expect(versions.map(({ version, dataset, use: held }) => [version, dataset, held])).toEqual(
        expected.map(({ id }) => [id === first.id ? 'v1.1.0' : 'v1.2.0', id, use]),
      );
    }
    const splits = traces.map(({ split }) => split);
    expect(splits.at(-1)).toBe('gold');
    expect(splits.filter((split) => split === 'train')).toHaveLength(second.train);
    expect(second).toMatchObject({ cases: 22, gold: 1, train: 21 - second.holdout });
  });

  it('calls a case held out whose subject has a gold case, from the dataset on that holds it', async () => {
    const tenant = await newTenant();
    const ids = await decide(tenant, patients(1, 20));
    const first = await cut(tenant);
    const traces = await Promise.all(ids.map((id) => lineage(tenant, id)));
    const person = traces.findIndex(({ split }) => split === 'train') + 1;
    const [gold = ''] = await decide(tenant, [patient(person, { gold: true, input: { radius: 1 } })]);
    const second = await cut(tenant);
    const { datasets } = await lineage(tenant, ids[person - 1] ?? '');
    expect(datasets.map(({ dataset, use }) => [dataset, use])).toEqual([
      [second.id, 'held-out'],
      [first.id, 'trained'],
    ]);
    await erase(tenant, gold);
    const third = await cut(tenant);
    expect((await lineage(tenant, ids[person - 1] ?? '')).datasets[0]).toMatchObject({
      dataset: third.id,
      use: 'trained',
    });
    expect((await lineage(tenant, gold)).datasets).toMatchObject([{ dataset: second.id, use: 'gold' }]);
  });

  it('of one that was not accepted is empty, and that of an unknown one is not there', async () => {
    const tenant = await newTenant();
    const [id = ''] = await decide(tenant, [patient(1, { confidence: 0 })]);
    expect(await lineage(tenant, id)).toEqual({ case: id, status: 'quarantined', datasets: [], versions: [] });
    expect((await call(routes.getCaseLineage, tenant, 'case_01J9Z3ABCDEFGHJKMNPQRSTVWX')).status).toBe(404);
    expect((await call(routes.getCaseLineage, tenant, id, { role: 'app' })).status).toBe(403);
  });
});
