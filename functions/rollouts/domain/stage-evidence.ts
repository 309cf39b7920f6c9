import { stopsRamp, type Verdict, type VerdictReason } from '../../../contracts/verdicts.ts';
import type { RandomisedVerdict } from './randomised/verdict.ts';
import { type RolloutRecord, stageName } from './record.ts';
import type { PairedVerdict } from './verdict.ts';

/** What a stage asks of its evidence, whichever kind it is. */
export interface StageEvidence {
  readonly verdict: Verdict;
  readonly reason: VerdictReason;
  /** Whether the rollout has run its length: the champion stays. */
  readonly expired: boolean;
  /** One sentence for a person. */
  readonly message: string;
  /** Pairs or units so far. */
  readonly samples: number;
  /** Of these, the pairs that came within the present stage, or the units that were assigned within it. */
  readonly stageSamples: number;
  /** Whether the weight must not grow: harm of any size is shown, or what is there cannot be trusted. */
  readonly stopsRamp: boolean;
  /** E-value for "not worse by more than 5 points"; randomised evidence only. */
  readonly rampEvidence?: number;
}

type Judged = Pick<StageEvidence, 'verdict' | 'reason' | 'expired' | 'message'>;

const judged = ({ verdict, reason, expired, message }: Judged): Judged => ({ verdict, reason, expired, message });

/** A promotion that is shown does not outrank harm that is shown too: the margin allows some, the ramp none. */
const isTripped = (numbers: { readonly eValueTripwire: number; readonly thresholdTripwire: number }): boolean =>
  numbers.eValueTripwire >= numbers.thresholdTripwire;

export const pairedStageEvidence = (rollout: RolloutRecord, verdict: PairedVerdict): StageEvidence => {
  const { numbers, reason } = verdict;
  return {
    ...judged(verdict),
    samples: numbers.pairs,
    stageSamples: numbers.pairs - (rollout.stages.at(-1)?.pairsAtStart ?? 0),
    stopsRamp: stopsRamp(reason) || isTripped(numbers),
  };
};

export const randomisedStageEvidence = (rollout: RolloutRecord, verdict: RandomisedVerdict): StageEvidence => {
  const { numbers, reason } = verdict;
  return {
    ...judged(verdict),
    samples: numbers.units,
    stageSamples: numbers.unitsByStage[stageName(rollout)] ?? 0,
    stopsRamp: stopsRamp(reason) || isTripped(numbers),
    rampEvidence: numbers.eValueRamp,
  };
};
