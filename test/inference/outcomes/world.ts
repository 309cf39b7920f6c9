import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { PredictionClaims } from '../../../contracts/inference.ts';
import { ModelDeclaration } from '../../../contracts/model.ts';
import { openOutcomeSums, rolloutOutcomeEntity, rolloutSubjectEntity } from '../../../functions/inference/index.ts';
import { openCountOutcome } from '../../../functions/inference/outcomes/count-outcome.ts';
import { openOutcomeRules } from '../../../functions/inference/outcomes/outcome-rules.ts';
import { openOutcomeStore } from '../../../functions/inference/outcomes/outcome-store.ts';
import { openSubjectPseudonym } from '../../../functions/inference/outcomes/subject-pseudonym.ts';
import { openModels } from '../../../functions/models/index.ts';
import { keyLabels, openKeyRing } from '../../../functions/platform/key-ring.ts';
import { signPredictionId } from '../../../functions/platform/prediction-id.ts';
import { openPseudonymStore } from '../../../functions/platform/pseudonyms.ts';
import { openTable } from '../../../functions/platform/table.ts';
import { RolloutRecord } from '../../../functions/rollouts/domain/record.ts';
import { rolloutEntity, rolloutItem } from '../../../functions/rollouts/store/entities.ts';
import { startTestServices } from '../../support/services.ts';

const tenant = 'acme';
const at = '2026-01-02T03:04:05.000Z';
export const rollout = 'rol_01JAAAAAAAAAAAAAAAAAAAAAAA';

/** A model that rewards decide, and what the outcomes of its predictions are taken by. */
const declarationOf = (outcomes: object, evidence: string) =>
  ModelDeclaration.parse({
    task: 'tabular-classification',
    schema: {
      fields: { person: { kind: 'subject' }, age: { kind: 'feature', type: 'number' } },
      label: { type: 'category', classes: ['call', 'leave'] },
    },
    policies: { outcomes, rollout: { evidence } },
  });

const servable = { version: 'v1.1.0', digest: 'a'.repeat(64), bytes: 1, cut: 0 };

/** The parts that count outcomes, on an emulator, with a clock that a test sets. */
export const startOutcomes = async () => {
  const services = await startTestServices();
  Object.assign(process.env, { TABLE_NAME: services.tableName, HMAC_KEY_ID: services.hmacKeyId });
  const table = openTable(services.tableName);
  const keyRing = openKeyRing(services.hmacKeyId);
  const clock = { time: Date.now(), now: (): number => clock.time };
  const parts = {
    outcomes: openOutcomeStore(table, Math.random),
    rules: openOutcomeRules(table, clock),
    pseudonymOf: openSubjectPseudonym(openPseudonymStore(table), clock),
    keyRing,
    clock,
  };
  const evidence = rolloutOutcomeEntity(table);
  const subjects = rolloutSubjectEntity(table);
  const rollouts = rolloutEntity(table);
  const sums = openOutcomeSums(table);
  let models = 0;

  /** A model of its own, and a rollout that has begun with other policies where they are given. */
  const begin = async (
    outcomes: object = {},
    change: { evidence?: string; atBegin?: object; record?: object } = {},
  ) => {
    models += 1;
    const model = `model-${models}`;
    const declaration = declarationOf(outcomes, change.evidence ?? 'randomised');
    await openModels(table).save(tenant, { ...declaration, name: model, createdAt: at, updatedAt: at }, undefined);
    const { policies } = declarationOf(change.atBegin ?? outcomes, change.evidence ?? 'randomised');
    const record = RolloutRecord.parse({
      ...{ id: rollout, kind: 'challenger', status: 'running', version: 'v1.1.0' },
      challenger: { ...servable, signature: { numeric: ['age'], categorical: [], classes: ['call', 'leave'] } },
      ...{ reason: 'test', actor: 'test', policy: policies.rollout, outcomes: policies.outcomes, startedAt: at },
      ...{ stages: [], pairs: 0, failures: 0, attempt: 1, open: true, revision: 1 },
      ...change.record,
    });
    await rollouts.put(rolloutItem(tenant, model, record)).go();

    let nonces = 0;
    /** A predictionId as the predict function gives it. */
    const predictionOf = async (claims: Partial<PredictionClaims> = {}): Promise<string> => {
      nonces += 1;
      const nonce = `${model}-${nonces}`;
      const key = await keyRing.derive(keyLabels.predictionIds(tenant));
      return signPredictionId(
        { t: tenant, m: model, v: 'v1.0.0', a: 'champion', i: clock.now(), n: nonce, ...claims },
        key,
      );
    };
    /** The same while the rollout runs. */
    const assigned = (claims: Partial<PredictionClaims> = {}): Promise<string> =>
      predictionOf({ r: rollout, s: 'canary', ...claims });
    return {
      model,
      predictionOf,
      assigned,
      send: (predictionId: string, reward: number, correction = false) =>
        openCountOutcome(parts)(tenant, model, { predictionId, reward, correction }),
      days: async () =>
        (await sums.days(tenant, model, '1970-01-01')).map(({ delays: _, ...day }) => ({
          ...day,
          rewards: rounded(day.rewards),
        })),
      delays: async () => (await sums.days(tenant, model, '1970-01-01')).map(({ delays }) => delays),
      evidence: async () => (await evidence.query.byTime({ tenant, model, rollout }).go({ pages: 'all' })).data,
      subjects: async () => (await subjects.query.bySubject({ tenant, model, rollout }).go({ pages: 'all' })).data,
    };
  };

  /** Every item of the table. */
  const items = async () => {
    const found: Record<string, unknown>[] = [];
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const page = await table.client.send(
        new ScanCommand({ TableName: table.table, ...(ExclusiveStartKey && { ExclusiveStartKey }) }),
      );
      found.push(...(page.Items ?? []));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    return found;
  };

  return { services, table, keyRing, clock, parts, begin, items };
};

const rounded = (value: number): number => Math.round(value * 1e9) / 1e9;

export type World = Awaited<ReturnType<typeof startOutcomes>>;
export type Begun = Awaited<ReturnType<World['begin']>>;
