import type { Clock } from '../../platform/clock.ts';
import { newId } from '../../platform/ids.ts';
import { type KeyRing, keyLabels } from '../../platform/key-ring.ts';
import { personMac } from '../../platform/person-mac.ts';
import { type KeyedIdentifier, openPseudonymStore, type PseudonymKind } from '../../platform/pseudonyms.ts';
import type { Table } from '../../platform/table.ts';
import { inParallel } from '../in-parallel.ts';

const concurrency = 16;
const prefixes = { subject: 'sub', validator: 'val' } as const;

/**
 * Replaces subjects and validators by random pseudonyms, the same one for the same person, kept in the tenant's map
 * under a keyed hash. What is random tells nothing; what is hashed never leaves the map: 45 CFR 164.514(c).
 */
export type Pseudonymise = <Given extends People>(tenant: string, cases: readonly Given[]) => Promise<Given[]>;

/** Whom a case names: as the caller does before, by pseudonym after. */
interface People {
  readonly subject: string | null;
  readonly validator: string | null;
}

export const openPseudonymise = (table: Table, keyRing: KeyRing, clock: Clock): Pseudonymise => {
  const pseudonyms = openPseudonymStore(table);
  return async (tenant, cases) => {
    const key = await keyRing.derive(keyLabels.pseudonyms(tenant));
    const keyed = (kind: PseudonymKind, person: string): KeyedIdentifier => ({
      kind,
      mac: personMac(key, kind, person, 'hex'),
    });
    const wanted = new Map<string, KeyedIdentifier>();
    const want = (kind: PseudonymKind, person: string | null): void => {
      const identifier = person === null ? undefined : keyed(kind, person);
      if (identifier !== undefined) wanted.set(identifier.mac, identifier);
    };
    for (const { subject, validator } of cases) {
      want('subject', subject);
      want('validator', validator);
    }
    const pseudonymOfMac = await pseudonyms.find(tenant, [...wanted.values()]);
    const missing = [...wanted.values()].filter(({ mac }) => !pseudonymOfMac.has(mac));
    await inParallel(missing, concurrency, async (identifier) => {
      const pseudonym = newId(prefixes[identifier.kind], clock.now());
      pseudonymOfMac.set(identifier.mac, await pseudonyms.assign(tenant, identifier, pseudonym));
    });
    const pseudonymOf = (kind: PseudonymKind, person: string | null): string | null =>
      person === null ? null : (pseudonymOfMac.get(keyed(kind, person).mac) ?? null);
    return cases.map((examined) => ({
      ...examined,
      subject: pseudonymOf('subject', examined.subject),
      validator: pseudonymOf('validator', examined.validator),
    }));
  };
};
