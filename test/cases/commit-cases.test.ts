import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { openCollectQueue } from '../../functions/cases/collect-queue.ts';
import type { TrustedContent } from '../../functions/cases/domain/decide-cases.ts';
import { advance } from '../../functions/cases/domain/ledger-head.ts';
import { openReceiveCases, type ReceiveCases } from '../../functions/cases/intake/receive-cases.ts';
import { openCommitCases } from '../../functions/cases/ledger/commit-cases.ts';
import { openCaseStore } from '../../functions/cases/store/cases.ts';
import { openCommit } from '../../functions/cases/store/commit.ts';
import { openLedgerStore } from '../../functions/cases/store/ledger.ts';
import { fingerprintEntity } from '../../functions/cases/store/ledger-entities.ts';
import { openModels } from '../../functions/models/index.ts';
import { openObjectStore } from '../../functions/platform/object-store.ts';
import { openTable } from '../../functions/platform/table.ts';
import { type Fault, type Faults, isCrash, layFaults } from '../support/faults.ts';
import { clinicCase, clinicModel } from './clinic.ts';
import { checkLedger } from './ledger-check.ts';
import { startWorld, type World } from './world.ts';

jest.setTimeout(60_000);

let world: World;
let receiveCases: ReceiveCases;
let tenants = 0;

/** A tenant of its own for each test. */
const newTenant = async (): Promise<string> => {
  tenants += 1;
  const tenant = `tenant-${tenants}`;
  await world.register(tenant, clinicModel());
  return tenant;
};
const receive = async (tenant: string, cases: readonly unknown[]): Promise<string[]> => {
  const { received } = await receiveCases(tenant, clinicModel(), cases);
  return received.map(({ id }) => id);
};
/** A case of one patient and one measurement: cases of the same two are the same observation. */
const measured = (patient: number, radius: number, label = 'benign') =>
  clinicCase({ label, input: { recordNumber: `P-${patient}`, radius } });
const patients = (count: number) => Array.from({ length: count }, (_, patient) => measured(patient, 1));

/** The same, on clients that can be made to break off. */
const openFaulty = (): { commitCases: World['commitCases']; faults: Faults } => {
  const table = openTable(world.services.tableName);
  const objects = openObjectStore(world.services.bucketName);
  const commitCases = openCommitCases({
    ...world,
    objects,
    models: openModels(table),
    cases: openCaseStore(table),
    ledger: openLedgerStore(table),
    commit: openCommit(table),
  });
  return { commitCases, faults: layFaults(table.client, objects.client) };
};

beforeAll(async () => {
  world = await startWorld();
  receiveCases = openReceiveCases(
    world.table,
    openCollectQueue(world.services.collectQueueUrl),
    world.keyRing,
    world.clock,
  );
}, 120_000);

afterAll(async () => {
  await world.services.dispose();
});

describe('a message of cases', () => {
  it('becomes one segment of what is trusted; the rest is quarantined with its reasons', async () => {
    const tenant = await newTenant();
    const ids = await receive(tenant, [
      measured(1, 1),
      measured(2, 2, 'malignant'),
      clinicCase({ confidence: 0.5, input: { recordNumber: 'P-3' } }),
      clinicCase({ label: 'x', validator: null, input: { recordNumber: 'P-4' } }),
    ]);
    expect(await world.commitCases(tenant, 'clinic', ids)).toEqual({
      accepted: 2,
      quarantined: 2,
      skipped: 0,
      missing: [],
    });
    const rows = await checkLedger(world, tenant, 'clinic', ids);
    expect(rows.map(({ id, label }) => [id, label])).toEqual([
      [ids[0], 'benign'],
      [ids[1], 'malignant'],
    ]);
    const head = await world.ledger.head(tenant, 'clinic');
    expect(head.reasons).toEqual({ 'low-confidence': 1, 'unknown-label': 1, 'no-validator': 1 });
  });

  it('is decided and counted whatever its classes are called', async () => {
    tenants += 1;
    const tenant = `tenant-${tenants}`;
    const { schema, ...rest } = clinicModel();
    const classes = ['__proto__', 'constructor', 'benign'];
    const model = await world.register(tenant, {
      ...rest,
      schema: { ...schema, label: { type: 'category', classes } },
    });
    const sent = [...classes, ...classes].map((label, patient) => measured(patient, 1, label));
    const { received } = await receiveCases(tenant, model, sent);
    const ids = received.map(({ id }) => id);
    for (const some of [ids.slice(0, 3), ids.slice(3)]) {
      expect(await world.commitCases(tenant, 'clinic', some)).toMatchObject({ accepted: 3 });
    }
    await checkLedger(world, tenant, 'clinic', ids);
    const { labels } = await world.ledger.head(tenant, 'clinic');
    expect(Object.entries(labels).sort()).toEqual([
      ['__proto__', 2],
      ['benign', 2],
      ['constructor', 2],
    ]);
  });

  it('of which nothing is trusted seals no segment', async () => {
    const tenant = await newTenant();
    const ids = await receive(tenant, [clinicCase({ confidence: 0.5 })]);
    await world.commitCases(tenant, 'clinic', ids);
    expect(await checkLedger(world, tenant, 'clinic', ids)).toEqual([]);
    expect((await world.ledger.head(tenant, 'clinic')).sequence).toBe(0);
  });

  it('that comes again changes nothing', async () => {
    const tenant = await newTenant();
    const ids = await receive(tenant, patients(5));
    await world.commitCases(tenant, 'clinic', ids);
    const before = await world.ledger.head(tenant, 'clinic');
    expect(await world.commitCases(tenant, 'clinic', ids)).toMatchObject({ accepted: 0, skipped: 5 });
    expect(await world.ledger.head(tenant, 'clinic')).toEqual(before);
    await checkLedger(world, tenant, 'clinic', ids);
  });

  it('that four workers have at once is committed once', async () => {
    const tenant = await newTenant();
    const ids = await receive(tenant, patients(25));
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => world.commitCases(tenant, 'clinic', ids)));
    expect(outcomes.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(25);
    expect(await checkLedger(world, tenant, 'clinic', ids)).toHaveLength(25);
  });

  it('that names a case which nobody stored is committed but for that one', async () => {
    const tenant = await newTenant();
    const ids = await receive(tenant, patients(2));
    const unknown = 'case_01J9Z3ABCDEFGHJKMNPQRSTVWX';
    expect(await world.commitCases(tenant, 'clinic', [...ids, unknown])).toMatchObject({
      accepted: 2,
      missing: [unknown],
    });
    await checkLedger(world, tenant, 'clinic', ids);
  });
});

describe('the same observation', () => {
  it('twice in a batch is accepted once', async () => {
    const tenant = await newTenant();
    const ids = await receive(tenant, [measured(1, 1), measured(1, 1), measured(1, 1, 'malignant')]);
    await world.commitCases(tenant, 'clinic', ids);
    const [kept] = await checkLedger(world, tenant, 'clinic', ids);
    expect(kept?.id).toBe(ids[0]);
    const decided = await world.cases.getMany(tenant, 'clinic', ids);
    expect(decided.map(({ reasons }) => reasons)).toEqual([[], ['duplicate'], ['conflicting-label']]);
  });

  it('in two batches at once is accepted once', async () => {
    const tenant = await newTenant();
    const batches = await Promise.all([receive(tenant, patients(20)), receive(tenant, patients(20))]);
    await Promise.all(batches.map((ids) => world.commitCases(tenant, 'clinic', ids)));
    expect(await checkLedger(world, tenant, 'clinic', batches.flat())).toHaveLength(20);
    expect((await world.ledger.head(tenant, 'clinic')).reasons).toEqual({ duplicate: 20 });
  });
});

describe('what another writer has changed meanwhile', () => {
  it('is counted too where several messages of faulty cases meet', async () => {
    const tenant = await newTenant();
    const faulty = Array.from({ length: 4 }, (_, patient) => measured(patient, -1));
    const messages = await Promise.all([1, 2, 3, 4].map(() => receive(tenant, faulty)));
    await Promise.all(messages.map((ids) => world.commitCases(tenant, 'clinic', ids)));
    await checkLedger(world, tenant, 'clinic', messages.flat());
    expect((await world.ledger.head(tenant, 'clinic')).reasons).toEqual({ 'out-of-range': 16 });
  });

  it('stops the commit where it is a decision, even if the head is as it was read', async () => {
    const tenant = await newTenant();
    const [first = '', second = ''] = await receive(tenant, patients(2));
    await world.commitCases(tenant, 'clinic', [first, second]);
    const before = await world.ledger.head(tenant, 'clinic');
    const at = '2026-03-01T00:00:00.000Z';
    const quarantine = { accepted: false, id: first, reasons: ['duplicate'] } as const;
    const after = advance(before, { rows: [], quarantined: [['duplicate']], holdoutShare: 0.2, at });
    expect(await world.commit({ tenant, model: 'clinic', before, after, decisions: [quarantine], at })).toBe(false);
    await checkLedger(world, tenant, 'clinic', [first, second]);
  });

  it('stops the commit where it is an observation, even if the head is as it was read', async () => {
    const tenant = await newTenant();
    const [first = '', second = ''] = await receive(tenant, patients(2));
    await world.commitCases(tenant, 'clinic', [first]);
    const [stored] = await world.cases.getMany(tenant, 'clinic', [second]);
    const { data } = await fingerprintEntity(world.table).query.byFingerprint({ tenant, model: 'clinic' }).go();
    const before = await world.ledger.head(tenant, 'clinic');
    const at = '2026-03-01T00:00:00.000Z';
    const row = { label: 'benign', split: 'train' } as const;
    const after = advance(before, { rows: [row], quarantined: [], holdoutShare: 0.2, at });
    const content = stored?.content as TrustedContent;
    const decision = { accepted: true, id: second, content, fingerprint: data[0]?.fingerprint ?? '' } as const;
    const segment = { sequence: after.sequence, key: 'k', sha256: 's', cases: 1, sealedAt: at };
    const commit = { tenant, model: 'clinic', before, after, decisions: [decision], segment, at };
    expect(await world.commit(commit)).toBe(false);
    await checkLedger(world, tenant, 'clinic', [first, second]);
  });

  it('is read by its new schema where it is the schema', async () => {
    const tenant = await newTenant();
    const [kept = '', lost = ''] = await receive(tenant, [measured(1, 1), measured(2, 50)]);
    const model = clinicModel();
    const radius = { kind: 'feature', type: 'number', minimum: 0, maximum: 10, required: true } as const;
    const { texture: _, ...fields } = model.schema.fields;
    const schema = { ...model.schema, fields: { ...fields, radius } };
    await world.models.save(tenant, { ...model, schema, updatedAt: '2026-01-02T00:00:00.000Z' }, model);
    await world.commitCases(tenant, 'clinic', [kept, lost]);
    const rows = await checkLedger(world, tenant, 'clinic', [kept, lost]);
    expect(rows.map(({ id, input }) => [id, input.texture])).toEqual([[kept, undefined]]);
    expect((await world.ledger.head(tenant, 'clinic')).reasons).toEqual({ 'out-of-range': 1 });
  });
});

describe('a crash', () => {
  const faults: Fault[] = ['before', 'after'];

  it.each(faults)(
    '%s any call of AWS loses nothing and doubles nothing once the message comes again',
    async (fault) => {
      const faulty = openFaulty();
      for (let call = 1; ; call += 1) {
        const tenant = await newTenant();
        const ids = await receive(tenant, [...patients(4), measured(1, 1)]);
        faulty.faults.arm(call, fault);
        const crashed = await faulty.commitCases(tenant, 'clinic', ids).catch((error: unknown) => error);
        const struck = faulty.faults.calls() >= call;
        expect(isCrash(crashed)).toBe(struck);
        await world.commitCases(tenant, 'clinic', ids);
        expect(await checkLedger(world, tenant, 'clinic', ids)).toHaveLength(4);
        if (!struck) break;
      }
      // The model, the cases, the fingerprints, the head, the object, the transaction.
      expect(faulty.faults.calls()).toBe(6);
    },
  );

  it('at random, among redeliveries, duplicates and several workers, loses nothing and doubles nothing', async () => {
    const faulty = openFaulty();
    const observation = fc.tuple(fc.nat(7), fc.nat(1), fc.constantFrom('benign', 'malignant'));
    const delivery = fc.record({ batch: fc.nat(5), crashAt: fc.nat(9), fault: fc.constantFrom(...faults) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(observation, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.array(delivery, { minLength: 1, maxLength: 4 }), { maxLength: 4 }),
        async (batches, rounds) => {
          const tenant = await newTenant();
          const messages: string[][] = [];
          for (const batch of batches) {
            messages.push(
              await receive(
                tenant,
                batch.map((given) => measured(...given)),
              ),
            );
          }
          const deliver = async (ids: readonly string[]) => {
            await faulty.commitCases(tenant, 'clinic', ids).catch((error: unknown) => {
              if (!isCrash(error)) throw error;
            });
          };
          for (const round of rounds) {
            for (const { crashAt, fault } of round) faulty.faults.arm(crashAt, fault);
            await Promise.all(round.map(({ batch }) => deliver(messages[batch % messages.length] ?? [])));
          }
          for (const ids of messages) await world.commitCases(tenant, 'clinic', ids);
          const rows = await checkLedger(world, tenant, 'clinic', messages.flat());
          expect(rows).toHaveLength(new Set(batches.flat().map(([patient, radius]) => `${patient} ${radius}`)).size);
        },
      ),
      { numRuns: 12 },
    );
  });
});
