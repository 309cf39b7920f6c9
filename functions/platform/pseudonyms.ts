import { Entity } from 'electrodb';
import { isConditionFailure } from './errors.ts';
import { partition, type Table } from './table.ts';
import { untilProcessed } from './until-processed.ts';

/** Whom a pseudonym stands for. */
export type PseudonymKind = 'subject' | 'validator';

/** Who it is, without saying who: the keyed hash of an identifier. */
export interface KeyedIdentifier {
  readonly kind: PseudonymKind;
  /** Hexadecimal HMAC-SHA256 under the tenant's key. */
  readonly mac: string;
}

const pseudonymEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'pseudonym', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        kind: { type: 'string', required: true },
        mac: { type: 'string', required: true },
        pseudonym: { type: 'string', required: true },
      },
      indexes: {
        byMac: {
          pk: partition.ofTenant('pseudonyms'),
          sk: { field: 'sk', composite: ['kind', 'mac'], template: '${kind}#${mac}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

/** A tenant's map from people to random pseudonyms. The identifiers themselves are nowhere in it. */
export interface PseudonymStore {
  /** The pseudonyms that there are, by MAC. */
  find(tenant: string, identifiers: readonly KeyedIdentifier[]): Promise<Map<string, string>>;
  /**
   * Gives an identifier a pseudonym, unless it has one by now.
   *
   * @returns the pseudonym that it has from now on
   */
  assign(tenant: string, identifier: KeyedIdentifier, pseudonym: string): Promise<string>;
}

export const openPseudonymStore = (table: Table): PseudonymStore => {
  const entity = pseudonymEntity(table);
  return {
    find: async (tenant, identifiers) => {
      const found = new Map<string, string>();
      await untilProcessed(identifiers, async (left) => {
        const keys = left.map(({ kind, mac }) => ({ tenant, kind, mac }));
        const { data, unprocessed } = await entity.get(keys).go({ consistent: true, concurrency: 4 });
        for (const { mac, pseudonym } of data) found.set(mac, pseudonym);
        const missed = new Set(unprocessed.map(({ mac }) => mac));
        return left.filter(({ mac }) => missed.has(mac));
      });
      return found;
    },
    assign: async (tenant, { kind, mac }, pseudonym) => {
      try {
        await entity.create({ tenant, kind, mac, pseudonym }).go();
        return pseudonym;
      } catch (error) {
        if (!isConditionFailure((error as Error).cause ?? error)) throw error;
        const { data } = await entity.get({ tenant, kind, mac }).go({ consistent: true });
        if (data === null) throw new Error('A pseudonym vanished while it was read. Try again.', { cause: error });
        return data.pseudonym;
      }
    },
  };
};
