import type { AnsweredPrediction, Receipt } from '../../../contracts/cases.ts';
import type { Model } from '../../../contracts/model.ts';
import { CaseStatus } from '../../../contracts/statuses.ts';
import { canonicalJson, sha256 } from '../../platform/canonical-json.ts';
import { type Clock, timestamp } from '../../platform/clock.ts';
import { newId } from '../../platform/ids.ts';
import { type KeyRing, keyLabels } from '../../platform/key-ring.ts';
import { readPredictionId } from '../../platform/prediction-id.ts';
import type { Table } from '../../platform/table.ts';
import type { CollectQueue } from '../collect-queue.ts';
import { type ExaminedCase, examineCase } from '../domain/examine-case.ts';
import { readCase } from '../domain/read-case.ts';
import { forgedPrediction, goldNotAllowed, type Refusal, tooLarge } from '../domain/refusal.ts';
import { openCaseStore } from '../store/cases.ts';
import { openPseudonymise } from './pseudonymise.ts';

/** A case that may be stored once people are replaced by pseudonyms, or why it is not taken in. */
type Examination =
  | { readonly examined: ExaminedCase & { readonly prediction?: AnsweredPrediction } }
  | { readonly refusal: Refusal };

/** What a sender may mark. */
interface Rights {
  readonly gold: boolean;
}

/** What became of the cases that were sent. */
export interface Reception {
  readonly received: Receipt['cases'];
  readonly refused: readonly (Refusal & { readonly index: number })[];
}

/**
 * Takes cases in: what identifies people is gone before the first byte is stored or queued, and every case that it
 * names as received is stored. Where it fails half-way, cases that were stored wait for the nightly check.
 *
 * @param sent - cases as they came, 500 at most
 * @param rights - what the sender may mark. @default nothing
 */
export type ReceiveCases = (
  tenant: string,
  model: Model,
  sent: readonly unknown[],
  rights?: Rights,
) => Promise<Reception>;

/** A transaction of 25 cases may have 4 MB, and an item 400 KB. */
const maximumBytes = 150_000;

export const openReceiveCases = (table: Table, queue: CollectQueue, keyRing: KeyRing, clock: Clock): ReceiveCases => {
  const cases = openCaseStore(table);
  const pseudonymise = openPseudonymise(table, keyRing, clock);
  /** @returns what is kept of a case's predictionId, or undefined where it was not issued for this model */
  const readPrediction = async (tenant: string, model: string, id: string): Promise<AnsweredPrediction | undefined> => {
    const key = await keyRing.derive(keyLabels.predictionIds(tenant));
    const claims = readPredictionId(id, key, { tenant, model });
    return claims && { nonce: claims.n, at: new Date(claims.i).toISOString() };
  };
  const examine = async (
    tenant: string,
    { name, schema, policies }: Model,
    sent: unknown,
    year: number,
    rights: Rights,
  ): Promise<Examination> => {
    const read = readCase(schema, sent);
    if ('refusal' in read) return read;
    const { gold, predictionId } = read.case;
    if (gold === true && !rights.gold) return { refusal: goldNotAllowed };
    const examined = examineCase(schema, policies, read.case, year);
    const bytes = Buffer.byteLength(JSON.stringify(examined));
    if (bytes > maximumBytes) return { refusal: tooLarge(bytes, maximumBytes) };
    if (predictionId === undefined) return { examined };
    const prediction = await readPrediction(tenant, name, predictionId);
    return prediction === undefined ? { refusal: forgedPrediction } : { examined: { ...examined, prediction } };
  };
  return async (tenant, model, sent, rights = { gold: false }) => {
    const receivedAt = timestamp(clock);
    const year = new Date(receivedAt).getUTCFullYear();
    const results = await Promise.all(sent.map((given) => examine(tenant, model, given, year, rights)));
    const schemaHash = sha256(canonicalJson(model.schema));
    const examined = results.flatMap((result, index) => ('examined' in result ? [{ index, ...result.examined }] : []));
    const stored = (await pseudonymise(tenant, examined)).map(({ index, reasons, ...kept }) => ({
      index,
      id: newId('case', clock.now()),
      reasons,
      content: { ...kept, receivedAt, schemaHash },
    }));
    await cases.receive(tenant, model.name, stored);
    await queue.send(
      tenant,
      model.name,
      stored.map(({ id }) => id),
      'received',
    );
    return {
      received: stored.map(({ index, id }) => ({ index, id, status: CaseStatus.Received })),
      refused: results.flatMap((result, index) => ('refusal' in result ? [{ index, ...result.refusal }] : [])),
    };
  };
};
