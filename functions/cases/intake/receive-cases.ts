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
import { examineCase } from '../domain/examine-case.ts';
import { type ReadCase, readCase } from '../domain/read-case.ts';
import { forgedPrediction, type Refusal } from '../domain/refusal.ts';
import { openCaseStore } from '../store/cases.ts';
import { openPseudonymise } from './pseudonymise.ts';

/** A case as it came, and the prediction that it answers. */
type AttributedCase = ReadCase & { readonly prediction?: AnsweredPrediction };

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
 */
export type ReceiveCases = (tenant: string, model: Model, sent: readonly unknown[]) => Promise<Reception>;

export const openReceiveCases = (table: Table, queue: CollectQueue, keyRing: KeyRing, clock: Clock): ReceiveCases => {
  const cases = openCaseStore(table);
  const pseudonymise = openPseudonymise(table, keyRing, clock);
  /** @returns what is kept of a case's predictionId, or undefined where it was not issued for this model */
  const readPrediction = async (tenant: string, model: string, id: string): Promise<AnsweredPrediction | undefined> => {
    const key = await keyRing.derive(keyLabels.predictionIds(tenant));
    const claims = readPredictionId(id, key, { tenant, model });
    return claims && { nonce: claims.n, at: new Date(claims.i).toISOString() };
  };
  const read = async (tenant: string, model: Model, sent: unknown): Promise<AttributedCase> => {
    const result = readCase(model.schema, sent);
    if ('refusal' in result || result.case.predictionId === undefined) return result;
    const prediction = await readPrediction(tenant, model.name, result.case.predictionId);
    return prediction === undefined ? { refusal: forgedPrediction } : { ...result, prediction };
  };
  return async (tenant, model, sent) => {
    const receivedAt = timestamp(clock);
    const year = new Date(receivedAt).getUTCFullYear();
    const results = await Promise.all(sent.map((given) => read(tenant, model, given)));
    const schemaHash = sha256(canonicalJson(model.schema));
    const examined = results.flatMap((result, index) =>
      'case' in result
        ? [
            {
              index,
              ...examineCase(model.schema, model.policies, result.case, year),
              ...(result.prediction === undefined ? {} : { prediction: result.prediction }),
            },
          ]
        : [],
    );
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
