import { createWriteTransaction } from 'electrodb';
import { OutcomeEvidence } from '../../../contracts/inference.ts';
import type { Table } from '../../platform/table.ts';
import { isStored } from '../../platform/until-stored.ts';
import type { StandingOutcome } from '../domain/outcome-change.ts';
import { shards } from '../shards.ts';
import { outcomeEntity, rolloutOutcomeEntity, rolloutSubjectEntity } from './entities.ts';
import {
  type AttributedPrediction,
  correctedSums,
  daySums,
  daySumsKey,
  evidenceItem,
  minuteDelay,
  type NextOutcome,
  outcomeItem,
  subjectItem,
} from './outcome-items.ts';
import { labelDelayEntity, outcomeDayEntity } from './sum-entities.ts';

/** An outcome as it is stored. `corrections` rises by 1 with each; a writer names the one that it read. */
interface StoredOutcome extends StandingOutcome {
  readonly positive: boolean;
  readonly corrections: number;
}

/**
 * Outcomes of predictions, each counted once. Whatever depends on an outcome changes in the same transaction: the sums
 * of its day, the delays of labels, the evidence of its rollout.
 */
export interface OutcomeStore {
  get(tenant: string, model: string, nonce: string): Promise<StoredOutcome | undefined>;
  /** @returns false where another writer came between */
  count(prediction: AttributedPrediction, next: NextOutcome, now: number): Promise<boolean>;
  /** @returns false where another writer came between */
  correct(prediction: AttributedPrediction, standing: StoredOutcome, next: NextOutcome, now: number): Promise<boolean>;
}

/** A part of a transaction that may be left out. */
const optional = <Item>(item: Item | undefined): Item[] => (item === undefined ? [] : [item]);

const openEntities = (table: Table) => ({
  outcomes: outcomeEntity(table),
  days: outcomeDayEntity(table),
  delays: labelDelayEntity(table),
  evidence: rolloutOutcomeEntity(table),
  subjects: rolloutSubjectEntity(table),
});
type Entities = ReturnType<typeof openEntities>;

/** @param random - uniform in [0, 1): which of the items that a sum is spread over is added to */
export const openOutcomeStore = (table: Table, random: () => number): OutcomeStore => {
  const entities = openEntities(table);
  const draw = (): number => Math.floor(random() * shards);
  return {
    get: async (tenant, model, nonce) => {
      const { data } = await entities.outcomes.get({ tenant, model, nonce }).go({ consistent: true });
      return data ?? undefined;
    },
    count: openCount(entities, draw),
    correct: openCorrect(entities, draw),
  };
};

/** The subject's first prediction, where it is this one as far as is known. */
const firstOfSubject = async ({ subjects }: Entities, item: ReturnType<typeof subjectItem>): Promise<typeof item> => {
  if (item === undefined) return undefined;
  const { tenant, model, rollout, subject, firstAt } = item;
  const { data } = await subjects.get({ tenant, model, rollout, subject }).go({ consistent: true });
  return data === null || data.firstAt > firstAt ? item : undefined;
};

const openCount =
  (entities: Entities, draw: () => number): OutcomeStore['count'] =>
  async (prediction, next, now) => {
    const evidence = evidenceItem(prediction, next, now);
    const first = await firstOfSubject(entities, subjectItem(evidence));
    const result = await createWriteTransaction(entities, (on) => [
      on.outcomes.create(outcomeItem(prediction, next, now)).commit(),
      on.days
        .upsert({ ...daySumsKey(prediction), shard: draw() })
        .add(daySums(prediction, next, now))
        .commit(),
      ...optional(minuteDelay(prediction, now)).map(({ key, ttl, delay }) =>
        on.delays
          .upsert({ ...key, shard: draw() })
          .set({ ttl })
          .add(delay)
          .commit(),
      ),
      ...optional(evidence).map((item) => on.evidence.put(item).commit()),
      ...optional(first).map(({ firstAt: at, ttl, ...key }) =>
        on.subjects
          .upsert(key)
          .set({ firstAt: at, ttl })
          .where(({ firstAt }, { notExists, gt }) => `${notExists(firstAt)} OR ${gt(firstAt, at)}`)
          .commit(),
      ),
    ]).go();
    return isStored(result);
  };

const openCorrect =
  (entities: Entities, draw: () => number): OutcomeStore['correct'] =>
  async (prediction, standing, next, now) => {
    const { tenant, model, nonce, assignedAt, rollout } = prediction;
    const { reward, positive, evidence, evidenceReward } = next;
    const kept = evidenceReward === undefined ? {} : { evidenceReward };
    const inEvidence = evidence === OutcomeEvidence.Counts ? rollout : undefined;
    const result = await createWriteTransaction(entities, (on) => [
      on.outcomes
        .patch({ tenant, model, nonce })
        .set({ reward, positive, evidence, ...kept, corrections: standing.corrections + 1, correctedAt: now })
        .where(({ corrections }, { eq }) => eq(corrections, standing.corrections))
        .commit(),
      on.days
        .upsert({ ...daySumsKey(prediction), shard: draw() })
        .add(correctedSums(standing, next))
        .commit(),
      ...optional(inEvidence).map((assignment) =>
        on.evidence.patch({ tenant, model, rollout: assignment.rollout, assignedAt, nonce }).set({ reward }).commit(),
      ),
    ]).go();
    return isStored(result);
  };
