/** Rollouts judged by outcomes, on an emulator: what the API stores and what the judge makes of it. */
import { predictionArmEntity } from '../../../functions/inference/counts/entities.ts';
import { openPredictionCounts, rolloutOutcomeEntity } from '../../../functions/inference/index.ts';
import { openModels } from '../../../functions/models/index.ts';
import { randomisedPolicyOf } from '../../../functions/rollouts/domain/randomised/policy.ts';
import type { AssignedOutcome } from '../../../functions/rollouts/domain/randomised/units.ts';
import { RolloutRecord } from '../../../functions/rollouts/domain/record.ts';
import {
  gatherRandomised,
  type RandomisedDependencies,
} from '../../../functions/rollouts/operations/gather-randomised.ts';
import { rolloutEntity } from '../../../functions/rollouts/store/entities.ts';
import { openOutcomeReader } from '../../../functions/rollouts/store/outcome-reader.ts';
import {
  openRandomisedStore,
  randomisedStatisticsEntity,
  startRandomisedStatistics,
} from '../../../functions/rollouts/store/randomised-store.ts';
import { rollout, startOutcomes } from '../../inference/outcomes/world.ts';

const tenant = 'acme';
/** When the rollouts of the tests begin; a whole minute. */
const startedAt = Date.parse('2026-01-02T03:04:00.000Z');
const at = new Date(startedAt).toISOString();

const stages = [
  { name: 'shadow', weight: 0 },
  { name: 'canary', weight: 25 },
  { name: 'half', weight: 50 },
].map((stage) => ({ ...stage, startedAt: at, pairsAtStart: 0 }));

/** Seconds of the tests' label window, and what the judge waits beyond it. */
export const windowSeconds = 60;
export const maturity = windowSeconds + 15;

export const startGathering = async () => {
  const world = await startOutcomes();
  const { table, clock } = world;
  const randomised = openRandomisedStore(table);
  const dependencies: RandomisedDependencies = {
    randomised,
    outcomes: openOutcomeReader(table),
    counts: openPredictionCounts(table),
    clock,
  };
  /** So many seconds after the rollouts began. */
  const setTime = (seconds: number): void => {
    clock.time = startedAt + seconds * 1000;
  };

  const begin = async (outcomes: object = {}, policy: object = {}) => {
    const begun = await world.begin(
      { windowSeconds, unitSeconds: 0, ...outcomes },
      { record: { startedAt: at, stages } },
    );
    const { model } = begun;
    const key = { tenant, model, rollout };
    const declaration = await openModels(table).get(tenant, model);
    const { data } = await rolloutEntity(table).get({ tenant, model, id: rollout }).go();
    if (declaration === undefined || data === null) throw new Error('a rollout has begun');
    const record = RolloutRecord.parse({ ...data.record, policy: { ...data.record.policy, ...policy } });
    const ofRollout = { ...declaration, policies: { ...declaration.policies, rollout: record.policy } };
    const statistics = startRandomisedStatistics(randomisedPolicyOf(ofRollout, 0.8));
    await randomisedStatisticsEntity(table)
      .create({ ...key, ...statistics })
      .go();

    const statisticsNow = async () => {
      const found = await randomised.get(tenant, model, rollout);
      if (found === undefined) throw new Error('a rollout has statistics');
      return found;
    };
    return {
      /** A prediction `seconds` after the begin. */
      predict: (seconds: number, claims: Parameters<typeof begun.assigned>[0] = {}) =>
        begun.assigned({ i: startedAt + seconds * 1000, ...claims }),
      send: begun.send,
      statistics: statisticsNow,
      blocks: () => randomised.blocks(tenant, model, rollout),
      /** Reads, counts and stores once. */
      judge: async (given: Partial<RandomisedDependencies> = {}) =>
        gatherRandomised({ ...dependencies, ...given }, tenant, model, ofRollout, record, await statisticsNow()),
      /** Outcomes in time as the inference slice stores them; seconds after the begin. */
      store: (outcomes: readonly (Pick<AssignedOutcome, 'arm' | 'reward'> & { seconds: number })[]) =>
        rolloutOutcomeEntity(table)
          .put(
            outcomes.map(({ seconds, ...outcome }, index) => ({
              ...key,
              ...outcome,
              assignedAt: startedAt + seconds * 1000,
              nonce: `stored-${index}`,
              ...{ version: 'v1.0.0', assigned: 'v1.0.0', stage: 'canary', failed: false, ttl: 9e9 },
            })),
          )
          .go({ concurrent: 10 }),
      /** Predictions of one minute, as the log tells. */
      count: (minute: number, champion: number, challenger: number) =>
        predictionArmEntity(table)
          .put({ ...key, stage: 'canary', shard: 0, minute: startedAt + minute * 60_000, champion, challenger })
          .go(),
    };
  };
  return { begin, setTime, randomised, dispose: () => world.services.dispose() };
};

export type Gathering = Awaited<ReturnType<typeof startGathering>>;
