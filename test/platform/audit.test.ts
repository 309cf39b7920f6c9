import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AuditEntry } from '../../contracts/monitoring.ts';
import { type AuditTrail, hashEntry, type NewAuditEntry, openAuditTrail } from '../../functions/platform/audit.ts';
import { openTable, type Table } from '../../functions/platform/table.ts';
import { startTestServices, type TestServices } from '../support/services.ts';

let services: TestServices;
let table: Table;
let trail: AuditTrail;
let tenant: string;
let tenants = 0;

beforeAll(async () => {
  services = await startTestServices();
  table = openTable(services.tableName);
  trail = openAuditTrail(table, { now: () => Date.parse('2026-01-01T00:00:00.000Z') });
}, 120_000);

afterAll(async () => {
  await services?.dispose();
});

beforeEach(() => {
  tenants += 1;
  tenant = `tenant-${tenants}`;
});

const entryOf = (number: number): NewAuditEntry => ({
  action: 'model-changed',
  actor: 'operator:user-1',
  model: 'clinic',
  reason: `change ${number}`,
  numbers: { share: 1 / (number + 1), large: 1e20, none: null, name: 'ä😀' },
});

/** The whole chain, the first entry first. */
const chain = async (): Promise<AuditEntry[]> => (await trail.page(tenant, 100)).items.toReversed();

/** The places at which a chain is not what was appended. */
const brokenLinks = (entries: readonly AuditEntry[]): number[] =>
  entries.flatMap(({ hash, ...rest }, index) => {
    const previous = entries[index - 1]?.hash ?? '0'.repeat(64);
    const whole = rest.number === index + 1 && rest.previous === previous && hash === hashEntry(rest);
    return whole ? [] : [index];
  });

describe('the chain', () => {
  test('begins at 1 and links each entry to the one before, as it is read back', async () => {
    for (let number = 0; number < 5; number += 1) await trail.append(tenant, entryOf(number));
    const entries = await chain();
    expect(entries.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
    expect(brokenLinks(entries)).toEqual([]);
    expect(entries[2]).toMatchObject({ ...entryOf(2), at: '2026-01-01T00:00:00.000Z' });
  });

  test('stays one chain, without a gap or a loss, when many append at once', async () => {
    const reasons = Array.from({ length: 12 }, (_, number) => `change ${number}`);
    await Promise.all(reasons.map((_, number) => trail.append(tenant, entryOf(number))));
    const entries = await chain();
    expect(brokenLinks(entries)).toEqual([]);
    expect(entries.map(({ reason }) => reason).sort()).toEqual([...reasons].sort());
  });

  test('of one tenant knows nothing of another', async () => {
    await trail.append(tenant, entryOf(0));
    expect((await trail.page(`${tenant}-other`, 10)).items).toEqual([]);
  });

  test('plans places for entries that are stored with something else', async () => {
    await trail.append(tenant, entryOf(0));
    const planned = await trail.next(tenant, [entryOf(1), entryOf(2)]);
    expect(planned.map(({ number }) => number)).toEqual([2, 3]);
    expect(brokenLinks([...(await chain()), ...planned])).toEqual([]);
    expect(await chain()).toHaveLength(1);
  });

  test('is read newest first, page by page', async () => {
    for (let number = 0; number < 5; number += 1) await trail.append(tenant, entryOf(number));
    const first = await trail.page(tenant, 2);
    expect(first).toMatchObject({ items: [{ number: 5 }, { number: 4 }], next: 4 });
    const second = await trail.page(tenant, 2, first.next);
    const last = await trail.page(tenant, 2, second.next);
    expect(second.items.map(({ number }) => number)).toEqual([3, 2]);
    expect(last.items.map(({ number }) => number)).toEqual([1]);
    expect(last).not.toHaveProperty('next');
    expect(await trail.page(tenant, 5)).not.toHaveProperty('next');
  });

  test('refuses an entry that is not of the contract', async () => {
    const entry = { ...entryOf(0), action: 'model-painted' } as unknown as NewAuditEntry;
    await expect(trail.append(tenant, entry)).rejects.toThrow();
    expect(await chain()).toEqual([]);
  });
});

describe('what was done to the chain shows', () => {
  let entries: AuditEntry[];

  beforeEach(async () => {
    for (let number = 0; number < 6; number += 1) await trail.append(tenant, entryOf(number));
    entries = await chain();
  });

  test('whatever entry was changed, taken out or moved', () => {
    const place = fc.integer({ min: 0, max: 5 });
    const edit = fc.constantFrom<(entry: AuditEntry) => AuditEntry>(
      (entry) => ({ ...entry, reason: `${entry.reason}!` }),
      (entry) => ({ ...entry, actor: 'admin:user-2' }),
      (entry) => ({ ...entry, at: '2026-01-01T00:00:00.001Z' }),
      (entry) => ({ ...entry, numbers: { ...entry.numbers, share: 0 } }),
      ({ numbers: _, ...entry }) => entry,
      // A forger who also makes the entry's own hash anew breaks the link to it.
      ({ hash: _, ...entry }) => ({ ...entry, reason: 'forged', hash: hashEntry({ ...entry, reason: 'forged' }) }),
    );
    fc.assert(
      fc.property(place, edit, (index, change) => {
        const edited = entries.map((entry, at) => (at === index ? change(entry) : entry));
        const isRehashedLast = index === 5 && edited[5]?.reason === 'forged';
        expect(brokenLinks(edited).length > 0).toBe(!isRehashedLast);
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4 }), (index) => {
        expect(brokenLinks(entries.toSpliced(index, 1))).not.toEqual([]);
        expect(brokenLinks(entries.toSpliced(index, 2, ...entries.slice(index, index + 2).reverse()))).not.toEqual([]);
      }),
    );
  });

  test('also where the table itself was written to', async () => {
    const [, , third] = entries;
    await table.client.send(
      new PutCommand({
        TableName: table.table,
        Item: {
          pk: `tenant#${tenant}#audit`,
          sk: 'entry#000000000003',
          tenant,
          number: 3,
          entry: { ...third, reason: 'nothing happened' },
          __edb_e__: 'audit',
          __edb_v__: '1',
        },
      }),
    );
    expect(brokenLinks(await chain())).toEqual([2]);
  });
});
