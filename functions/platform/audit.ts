import { Entity } from 'electrodb';
import { type AuditAction, AuditEntry } from '../../contracts/monitoring.ts';
import { canonicalJson, sha256 } from './canonical-json.ts';
import { type Clock, timestamp } from './clock.ts';
import { isConditionFailure } from './errors.ts';
import { partition, type Table } from './table.ts';

/** What the first entry of a chain names as the one before. */
const genesis = '0'.repeat(64);
const attempts = 20;

/** For a slice that stores entries in one transaction with what they tell of. */
export const auditEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'audit', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        number: { type: 'number', required: true, padding: { length: 12, char: '0' } },
        entry: { type: 'any', required: true },
      },
      indexes: {
        chain: {
          pk: partition.ofTenant('audit'),
          sk: { field: 'sk', composite: ['number'], template: 'entry#${number}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

export type NewAuditEntry = Omit<AuditEntry, 'number' | 'at' | 'previous' | 'hash' | 'action'> & {
  action: AuditAction;
};

/** One tenant's chain: append-only, each entry holding the hash of the one before. */
export interface AuditTrail {
  append(tenant: string, entry: NewAuditEntry): Promise<AuditEntry>;
  /**
   * Gives entries their places after the chain's present end, without storing them. Who stores them creates the items
   * `{ tenant, number, entry }` on the condition that they do not exist, and asks again where another came between.
   */
  next(tenant: string, entries: readonly NewAuditEntry[]): Promise<AuditEntry[]>;
  /** @returns entries, the newest first, and the number to go on below */
  page(tenant: string, limit: number, below?: number): Promise<{ items: AuditEntry[]; next?: number }>;
}

/** The hash of an entry: SHA-256 of the canonical JSON of all its other members. */
export const hashEntry = (entry: Omit<AuditEntry, 'hash'>): string => sha256(canonicalJson(entry));

export const openAuditTrail = (table: Table, clock: Clock): AuditTrail => {
  const entity = auditEntity(table);
  const page: AuditTrail['page'] = async (tenant, limit, below) => {
    const query = entity.query.chain({ tenant });
    const { data } = await (below === undefined ? query : query.lt({ number: below })).go({
      order: 'desc',
      limit,
      consistent: true,
    });
    const items = data.map(({ entry }) => AuditEntry.parse(entry));
    const last = items.at(-1);
    return items.length === limit && last !== undefined && last.number > 1 ? { items, next: last.number } : { items };
  };
  const next: AuditTrail['next'] = async (tenant, given) => {
    let last = (await page(tenant, 1)).items[0];
    return given.map((draft) => {
      const unsigned = {
        ...draft,
        number: (last?.number ?? 0) + 1,
        at: timestamp(clock),
        previous: last?.hash ?? genesis,
      };
      last = AuditEntry.parse({ ...unsigned, hash: hashEntry(unsigned) });
      return last;
    });
  };
  return {
    page,
    next,
    append: async (tenant, given) => {
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        const [entry] = await next(tenant, [given]);
        if (entry === undefined) break;
        try {
          await entity.create({ tenant, number: entry.number, entry }).go();
          return entry;
        } catch (error) {
          // Two writers met at one number; the loser reads the chain again.
          if (!isConditionFailure(error)) throw error;
        }
      }
      throw new Error(`The audit chain of the tenant was busy ${attempts} times in a row; the caller tries again.`);
    },
  };
};
