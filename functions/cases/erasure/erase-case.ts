import type { LedgerRow } from '../../../contracts/cases.ts';
import type { Model } from '../../../contracts/model.ts';
import { CaseStatus } from '../../../contracts/statuses.ts';
import { canonicalJson, sha256 } from '../../platform/canonical-json.ts';
import type { Clock } from '../../platform/clock.ts';
import { type KeyRing, keyLabels } from '../../platform/key-ring.ts';
import type { ObjectStore } from '../../platform/object-store.ts';
import type { Table } from '../../platform/table.ts';
import { untilStored } from '../../platform/until-stored.ts';
import { reexamine } from '../domain/examine-case.ts';
import type { Counted } from '../domain/ledger-head.ts';
import type { CaseContent, StoredCase } from '../domain/stored-case.ts';
import { fingerprintOf, openMac } from '../ledger/keyed-hashes.ts';
import { openLedger } from '../ledger/ledger.ts';
import { openCaseStore } from '../store/cases.ts';
import { openEraseTransaction } from '../store/erase.ts';
import { openLedgerStore } from '../store/ledger.ts';

/**
 * Erases one case: what it says is removed, the counts are as if it had never been accepted, and whoever sends the same
 * observation again finds it taken. Its line stays in the ledger's sealed objects, and every later dataset and every
 * export leaves it out. Exactly once, however often it is called.
 *
 * @param actor - as the audit names who asked for it
 * @returns what is left of the case; undefined where there is none
 */
export type EraseCase = (tenant: string, model: Model, id: string, actor: string) => Promise<StoredCase | undefined>;

const countedAs = ({ status, reasons }: StoredCase, row: LedgerRow | undefined): Counted => {
  if (row !== undefined) return { row };
  return status === CaseStatus.Quarantined ? { reasons } : undefined;
};

export const openEraseCase = (
  table: Table,
  objects: Pick<ObjectStore, 'read'>,
  keyRing: KeyRing,
  clock: Clock,
): EraseCase => {
  const cases = openCaseStore(table);
  const store = openLedgerStore(table);
  const ledger = openLedger(table, objects);
  const erase = openEraseTransaction(table, clock);

  /** As the decision saw it. */
  const decidedContent = ({ schema }: Model, found: StoredCase, row: LedgerRow | undefined): CaseContent => {
    if (row !== undefined) return { ...found.content, input: row.input };
    const isPresent = found.content.schemaHash === sha256(canonicalJson(schema));
    return isPresent ? found.content : reexamine(schema, found).content;
  };

  const tryOnce = async (tenant: string, model: Model, id: string, actor: string) => {
    const before = await store.head(tenant, model.name);
    const found = await cases.get(tenant, model.name, id);
    if (found === undefined || found.status === CaseStatus.Erased) return { left: found };
    const row = await ledger.findRow(tenant, model.name, found);
    const macOf = await openMac(keyRing, keyLabels.fingerprints(tenant));
    const fingerprint = fingerprintOf(decidedContent(model, found, row), macOf);
    const holder = await store.holderOf(tenant, model.name, fingerprint);
    const stored = await erase({
      tenant,
      model: model.name,
      actor,
      before,
      found,
      row,
      counted: countedAs(found, row),
      // Another case may hold the observation: then this one was its duplicate, and the other stays.
      ...(holder === undefined || holder === id ? { fingerprint } : {}),
    });
    return stored ? { left: await cases.get(tenant, model.name, id) } : undefined;
  };

  return async (tenant, model, id, actor) => {
    const { left } = await untilStored(`the ledger of ${model.name}`, () => tryOnce(tenant, model, id, actor));
    return left;
  };
};
