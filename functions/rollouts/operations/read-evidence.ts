import type { Evidence } from '../domain/changes.ts';
import { presentArms } from '../domain/judge-bandit.ts';
import { pairsOf } from '../domain/paired-process.ts';
import { numbersOf } from '../domain/randomised/numbers.ts';
import type { RolloutRecord } from '../domain/record.ts';
import { Judging, judgingOf } from '../domain/strategy.ts';
import type { BanditStatistics, BanditStore } from '../store/bandit-store.ts';
import type { EvidenceStore, Statistics } from '../store/evidence-store.ts';
import type { RandomisedStatistics, RandomisedStore } from '../store/randomised-store.ts';

/** The evidence of rollouts, one store for each kind. */
export interface EvidenceStores {
  readonly evidence: Pick<EvidenceStore, 'get'>;
  readonly randomised: Pick<RandomisedStore, 'get'>;
  readonly bandits: Pick<BanditStore, 'get'>;
}

const none: Evidence = { pairs: 0, failures: 0 };

export const pairedEvidence = ({ state, failures, cursor, verdict }: Statistics): Evidence => ({
  pairs: pairsOf(state),
  failures,
  countedUntil: cursor,
  verdict,
});

export const randomisedEvidence = ({ state, policy, failures, verdict }: RandomisedStatistics): Evidence => ({
  pairs: 0,
  units: numbersOf(state, policy).unitsByStage,
  failures,
  verdict,
});

export const banditEvidence = (rollout: RolloutRecord, { earned, failures }: BanditStatistics): Evidence => {
  const stage = rollout.stages.at(-1)?.name;
  const units = Object.values(earned).reduce((sum, one) => sum + one.units, 0);
  return {
    pairs: 0,
    units: stage === undefined ? {} : { [stage]: units },
    failures,
    arms: presentArms(rollout, earned),
  };
};

/** What a rollout has counted by now, of the kind that it is judged by. */
export const readEvidence = async (
  { evidence, randomised, bandits }: EvidenceStores,
  tenant: string,
  model: string,
  rollout: RolloutRecord,
): Promise<Evidence> => {
  switch (judgingOf(rollout)) {
    case Judging.Paired: {
      const read = await evidence.get(tenant, model, rollout.id);
      return read === undefined ? none : pairedEvidence(read);
    }
    case Judging.Randomised: {
      const read = await randomised.get(tenant, model, rollout.id);
      return read === undefined ? none : randomisedEvidence(read);
    }
    case Judging.Bandit: {
      const read = await bandits.get(tenant, model, rollout.id);
      return read === undefined ? none : banditEvidence(rollout, read);
    }
    case Judging.Drill:
      return none;
  }
};
