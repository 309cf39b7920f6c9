import type { PairedPolicy } from '../paired-policy.ts';
import { applyBlock, type PairedState, pairsOf, startPairedProcess } from '../paired-process.ts';
import { pairedStageEvidence } from '../stage-evidence.ts';
import { decide } from '../verdict.ts';
import { binomial } from './binomial.ts';
import { arrivals, blockSizes, type EvidenceSource } from './source.ts';

export interface SimulatedPairs {
  readonly policy: PairedPolicy;
  readonly labelsPerDay: number;
  /** The champion's. */
  readonly accuracy: number;
  /** Share of pairs in which exactly one of the two is right, at least |difference|. */
  readonly disagreement: number;
  /** Challenger's mean − champion's. */
  readonly difference: number;
}

/**
 * Cases validated evenly over the day, each scored by both versions. With a disagreement q and a difference d the
 * challenger alone is right in (q + d) / 2 of them, and the champion alone in (q − d) / 2.
 */
export const pairsSource = ({
  policy,
  labelsPerDay,
  accuracy,
  disagreement,
  difference,
}: SimulatedPairs): EvidenceSource<PairedState> => {
  const challengerOnlyShare = (disagreement + difference) / 2;
  const championOnlyShare = (disagreement - difference) / 2;
  const bothShare = Math.max(0, accuracy - championOnlyShare);
  /** Of what is left once the others are drawn. */
  const rest = (share: number, taken: number): number => (taken >= 1 ? 0 : Math.min(1, share / (1 - taken)));
  return {
    start: startPairedProcess(policy),
    gather: (state, from, until, _stages, random) => {
      const arrived = Math.min(arrivals(labelsPerDay, from, until), policy.maximumPairs - pairsOf(state));
      return blockSizes(arrived, pairsOf(state)).reduce((before, size) => {
        const challengerOnly = binomial(size, challengerOnlyShare, random);
        const championOnly = binomial(size - challengerOnly, rest(championOnlyShare, challengerOnlyShare), random);
        const same = size - challengerOnly - championOnly;
        const both = binomial(same, rest(bothShare, disagreement), random);
        return applyBlock(before, { both, championOnly, challengerOnly, neither: same - both }, policy);
      }, state);
    },
    evidence: (state, rollout, deadlinePassed) =>
      pairedStageEvidence(rollout, decide(state, policy, { deadlinePassed })),
  };
};
