import { objectKeys } from '../../../contracts/keys.ts';
import type { Model } from '../../../contracts/model.ts';
import { toleranceOf } from '../../../contracts/right-answer.ts';
import { CaseStatus } from '../../../contracts/statuses.ts';
import type { Models } from '../../models/index.ts';
import { canonicalJson, sha256 } from '../../platform/canonical-json.ts';
import { type Clock, timestamp } from '../../platform/clock.ts';
import { type KeyRing, keyLabels } from '../../platform/key-ring.ts';
import type { ObjectStore } from '../../platform/object-store.ts';
import { untilStored } from '../../platform/until-stored.ts';
import { type Decision, decideCases } from '../domain/decide-cases.ts';
import { reexamine } from '../domain/examine-case.ts';
import { advance, type LedgerHead } from '../domain/ledger-head.ts';
import { ledgerRow } from '../domain/ledger-row.ts';
import type { StoredCase } from '../domain/stored-case.ts';
import type { CaseStore } from '../store/cases.ts';
import type { CommitTransaction } from '../store/commit.ts';
import type { LedgerStore } from '../store/ledger.ts';
import { fingerprintOf, openMac } from './keyed-hashes.ts';
import { packRows } from './segment-file.ts';

interface Dependencies {
  readonly models: Pick<Models, 'get'>;
  readonly cases: CaseStore;
  readonly ledger: LedgerStore;
  readonly commit: CommitTransaction;
  readonly objects: Pick<ObjectStore, 'writeOnce'>;
  readonly keyRing: KeyRing;
  readonly clock: Clock;
}

/** What one message came to. */
interface Outcome {
  readonly accepted: number;
  readonly quarantined: number;
  /** Decided before: the message came again. */
  readonly skipped: number;
  /** Ids that no stored case has. */
  readonly missing: readonly string[];
}

/**
 * Decides received cases and commits the decisions, exactly once however often and by however many it is called:
 *
 *     read the head ▸ read cases and fingerprints ▸ decide ▸ write the segment's object ▸ one transaction
 *
 * The transaction holds only if the head is the one that was read, and every commit moves the head. A crash before it
 * leaves an object that nothing names, a crash after it leaves nothing to do.
 *
 * @param ids - of 25 cases at most
 * @throws ConflictError where other writers came between again and again; the message is tried again
 */
export type CommitCases = (tenant: string, model: string, ids: readonly string[]) => Promise<Outcome>;

export const openCommitCases = ({
  models,
  cases,
  ledger,
  commit,
  objects,
  keyRing,
  clock,
}: Dependencies): CommitCases => {
  const decide = async (
    tenant: string,
    { name, schema }: Model,
    waiting: readonly StoredCase[],
  ): Promise<Decision[]> => {
    const schemaHash = sha256(canonicalJson(schema));
    const macOf = await openMac(keyRing, keyLabels.fingerprints(tenant));
    const candidates = waiting.map(({ id, ...stored }) => {
      const { content, reasons } = stored.content.schemaHash === schemaHash ? stored : reexamine(schema, stored);
      return { id, content, reasons, fingerprint: fingerprintOf(content, macOf) };
    });
    const fingerprints = candidates.map(({ fingerprint }) => fingerprint);
    const labels = await ledger.labels(tenant, name, fingerprints);
    return decideCases(candidates, labels, toleranceOf(schema));
  };

  const seal = async (
    tenant: string,
    model: Model,
    before: LedgerHead,
    decisions: readonly Decision[],
  ): Promise<boolean> => {
    const at = timestamp(clock);
    const macOf = await openMac(keyRing, keyLabels.holdout(tenant, model.name));
    const holdoutShare = before.holdoutShare ?? model.policies.holdoutShare;
    const accepted = decisions.filter((decision) => decision.accepted);
    const rows = accepted.map((acceptance) => ledgerRow(acceptance, macOf, holdoutShare));
    const quarantined = decisions.flatMap((decision) => (decision.accepted ? [] : [decision.reasons]));
    const after = advance(before, { rows, quarantined, holdoutShare, at });
    const committed = { tenant, model: model.name, before, after, decisions, at };
    if (rows.length === 0) return await commit(committed);
    const bytes = packRows(rows);
    const digest = sha256(bytes);
    const key = objectKeys.segment(tenant, model.name, after.sequence, digest);
    await objects.writeOnce(key, bytes, 'application/gzip');
    const segment = { sequence: after.sequence, key, sha256: digest, cases: rows.length, sealedAt: at };
    return await commit({ ...committed, segment });
  };

  const tryOnce = async (tenant: string, model: Model, ids: readonly string[]): Promise<Outcome | undefined> => {
    const head = await ledger.head(tenant, model.name);
    const found = await cases.getMany(tenant, model.name, ids);
    const waiting = found.filter(({ status }) => status === CaseStatus.Received);
    const decisions = await decide(tenant, model, waiting);
    if (waiting.length > 0 && !(await seal(tenant, model, head, decisions))) return undefined;
    const accepted = decisions.filter((decision) => decision.accepted).length;
    const known = new Set(found.map(({ id }) => id));
    return {
      accepted,
      quarantined: decisions.length - accepted,
      skipped: found.length - waiting.length,
      missing: ids.filter((id) => !known.has(id)),
    };
  };

  return async (tenant, name, ids) => {
    const model = await models.get(tenant, name);
    if (model === undefined)
      throw new Error(`Expected a model ${name} for the received cases, found none. Register it.`);
    return await untilStored(`the ledger of ${name}`, () => tryOnce(tenant, model, [...new Set(ids)]));
  };
};
