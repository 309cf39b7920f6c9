/** What the stores of rollouts promise when another writer comes between: nothing is stored, and the caller hears of it. */
import { expect, it } from '@jest/globals';
import type { Route } from '../../../contracts/route-item.ts';
import { openVersions, orderOf, versionEntity } from '../../../functions/models/index.ts';
import { openAuditTrail } from '../../../functions/platform/audit.ts';
import type { Table } from '../../../functions/platform/table.ts';
import {
  beginRollout,
  enterStage,
  type NewRecord,
  rollBack,
  serveFirst,
} from '../../../functions/rollouts/domain/changes.ts';
import { definePairedPolicy } from '../../../functions/rollouts/domain/paired-policy.ts';
import { startPairedProcess } from '../../../functions/rollouts/domain/paired-process.ts';
import type { RolloutRecord } from '../../../functions/rollouts/domain/record.ts';
import { openDeploymentStore } from '../../../functions/rollouts/store/deployment-store.ts';
import { openEvidenceStores } from '../../../functions/rollouts/store/evidence-items.ts';
import type { Statistics } from '../../../functions/rollouts/store/evidence-store.ts';
import { newRecord, policyWith, servable, version } from '../../rollouts/specimens.ts';

const clock = { now: () => Date.parse('2026-01-01T00:00:00.000Z') };
const occasion = { at: '2026-01-01T00:00:00.000Z', actor: 'test' };
const policy = policyWith();
const counted = { pairs: 0, failures: 0 };

const firstStatistics = (): Statistics => {
  const paired = definePairedPolicy(policy);
  return { version: 1, cut: 0, cursor: 0, policy: paired, state: startPairedProcess(paired), failures: 0, leftOut: 0 };
};

const openStores = (table: Table) => ({
  ...openDeploymentStore(table, clock),
  ...openEvidenceStores(table),
  versions: openVersions(table),
  items: versionEntity(table),
  audit: openAuditTrail(table, clock),
});

/** The same table, but somebody else writes right before the next transaction. */
const interrupted = ({ client, table }: Table, write: () => Promise<unknown>): Table => {
  let isDone = false;
  const send = async (command: object): Promise<unknown> => {
    if (!isDone && command.constructor.name === 'TransactWriteCommand') {
      isDone = true;
      await write();
    }
    return client.send(command as never);
  };
  return { table, client: { send } as unknown as Table['client'] };
};

interface Running {
  readonly tenant: string;
  /** Of the model's rollouts; no two tenants share an id. */
  readonly record: (number: number) => NewRecord;
  readonly stores: ReturnType<typeof openStores>;
  readonly route: Route;
  readonly rollout: RolloutRecord;
}

const model = 'model';

/** A tenant of its own with a rollout that has just begun. */
const begin = async (table: Table, count: number): Promise<Running> => {
  const stores = openStores(table);
  const tenant = `suite-${count}`;
  const record = (number: number): NewRecord => ({
    ...newRecord(100 * count + number, policy),
    challenger: servable(number),
  });
  for (const number of [0, 1]) {
    const { status, rollout: _, ...record } = version(number);
    await stores.items.create({ tenant, model, order: orderOf(record.version), status, record }).go();
  }
  const first = serveFirst({ ...record(0), kind: 'first' }, occasion);
  expect(await stores.commit(tenant, model, {}, first)).toBe(true);
  const change = beginRollout(first.route, record(1), occasion);
  const begun = { kind: 'paired', statistics: firstStatistics() } as const;
  expect(await stores.commit(tenant, model, { route: first.route }, change, begun)).toBe(true);
  return { tenant, record, stores, route: change.route, rollout: change.rollout as RolloutRecord };
};

/** All that a reader can see. */
const seen = async ({ tenant, stores, rollout: { id } }: Running) => ({
  route: await stores.route(tenant, model),
  rollouts: await stores.list(tenant, model, 10),
  statistics: await stores.evidence.get(tenant, model, id),
  statuses: await stores.versions.list(tenant, model, 10),
  audit: (await stores.audit.page(tenant, 20)).items.length,
});

/** Who may come between, by what the change was decided on. */
const writers: Readonly<Record<string, (running: Running) => Promise<unknown>>> = {
  'the route': ({ tenant, stores, route, rollout }) => {
    const change = rollBack(route, rollout, 'by-hand', 'other', counted, occasion);
    const { rollout: _, versions: __, ...alone } = change;
    return stores.commit(tenant, model, { route }, { ...alone, versions: [] });
  },
  'the rollout': ({ tenant, stores, rollout }) =>
    stores.save(tenant, model, { ...rollout, attempt: 2, revision: rollout.revision + 1 }),
  'the statistics': ({ tenant, stores, rollout }) =>
    stores.evidence.record(tenant, model, rollout.id, { ...firstStatistics(), version: 2, cursor: 1 }, []),
  "a version's status": ({ tenant, stores }) => stores.versions.move(tenant, model, 'v1.1.0', 'rejected'),
  "the audit's place": ({ tenant, stores }) =>
    stores.audit.append(tenant, { action: 'rollout-deferred', actor: 'test', reason: 'other' }),
};

/** @param open - the table; several suites may share it */
export const storeSuite = (open: () => Table): void => {
  let count = 0;
  const running = (): Promise<Running> => {
    count += 1;
    return begin(open(), count);
  };
  const advance = ({ route, rollout }: Running) =>
    enterStage(route, rollout, { name: 'canary', weight: 25 }, counted, occasion);
  const basisOf = ({ route, rollout }: Running) => ({
    route,
    rollout,
    evidence: { kind: 'paired' as const, version: 1 },
  });

  it('stores a change whose basis holds: route, rollout, statuses and audit', async () => {
    const given = await running();
    expect(await given.stores.commit(given.tenant, model, basisOf(given), advance(given))).toBe(true);
    const { route, rollouts, statuses, audit } = await seen(given);
    expect(route).toMatchObject({ weight: 2500, stage: 'canary', revision: 3 });
    expect(rollouts.map(({ id, revision }) => [id, revision])).toEqual([
      [given.rollout.id, 2],
      [rollouts[1]?.id, 1],
    ]);
    expect(statuses.map(({ status }) => status)).toEqual(['canary', 'champion']);
    expect(audit).toBe(3);
  });

  it.each(Object.entries(writers))('stores nothing where another writer changed %s meanwhile', async (_, write) => {
    const given = await running();
    let between: Awaited<ReturnType<typeof seen>> | undefined;
    const late = openStores(
      interrupted(open(), async () => {
        await write(given);
        between = await seen(given);
      }),
    );
    expect(await late.commit(given.tenant, model, basisOf(given), advance(given))).toBe(false);
    expect(between).toBeDefined();
    expect(await seen(given)).toEqual(between);
  });

  it('begins one rollout of two that were decided on the same route', async () => {
    const { tenant, record, stores, route, rollout } = await running();
    const ended = rollBack(route, rollout, 'by-hand', 'over', counted, occasion);
    await stores.commit(tenant, model, { route, rollout }, ended);
    const begin = (number: number) =>
      stores.commit(
        tenant,
        model,
        { route: ended.route },
        beginRollout(ended.route, { ...record(number), challenger: servable(1) }, occasion),
        { kind: 'paired', statistics: firstStatistics() },
      );
    expect([await begin(2), await begin(3)]).toEqual([true, false]);
    const open: string[] = [];
    for await (const one of stores.open()) if (one.tenant === tenant) open.push(one.id);
    expect(open).toEqual([rollout.id, record(2).id]);
    expect(await stores.owner(record(3).id)).toBeUndefined();
  });

  it('lists the newest rollouts first, and those that are open', async () => {
    const { tenant, stores, rollout } = await running();
    const [newest, oldest] = await stores.list(tenant, model, 10);
    expect((await stores.list(tenant, model, 1)).map(({ id }) => id)).toEqual([newest?.id]);
    expect(await stores.list(tenant, model, 10, newest?.id)).toEqual([oldest]);
    await stores.save(tenant, model, { ...rollout, open: false, revision: 2 });
    const open: string[] = [];
    for await (const one of stores.open()) open.push(one.tenant);
    expect(open).not.toContain(tenant);
  });

  it('takes the evidence of one judge, and of each segment once', async () => {
    const { tenant, stores, rollout } = await running();
    const block = { segment: 1, both: 1, championOnly: 0, challengerOnly: 0, neither: 0, at: occasion.at };
    const record = (version: number, segment: number) =>
      stores.evidence.record(tenant, model, rollout.id, { ...firstStatistics(), version, cursor: segment }, [
        { ...block, segment },
      ]);
    expect([await record(2, 1), await record(2, 2), await record(3, 1), await record(3, 2)]).toEqual([
      ...[true, false, false, true],
    ]);
    expect((await stores.evidence.blocks(tenant, model, rollout.id)).map(({ segment }) => segment)).toEqual([1, 2]);
  });
};
