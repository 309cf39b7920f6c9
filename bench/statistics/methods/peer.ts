import type { PeerAnalysis } from '../analysis.ts';
import { plannedStages, type Scenario, stageShares } from '../scenario.ts';
import { asymptoticSequence } from './asymptotic-sequence.ts';
import { mixtureSprt, oneSidedMixture } from './gaussian-mixtures.ts';
import { groupSequential } from './group-sequential.ts';
import { type Boundary, pooledVariance, separateVariance } from './question.ts';
import { universalInference } from './universal-inference.ts';
import { zTest } from './z-test.ts';

/** Challenger's expected number of outcomes among the first `size`. */
export const expectedChallengers = ({ ramp }: Scenario, size: number): number => {
  if (ramp !== 'planned') return size * (ramp === 'canary' ? stageShares[0] : stageShares[2]);
  return stageShares.reduce((sum, share, stage) => {
    const from = plannedStages[stage] ?? 0;
    const to = plannedStages[stage + 1] ?? Number.POSITIVE_INFINITY;
    return sum + share * Math.max(0, Math.min(size, to) - from);
  }, 0);
};

/** Planned share of the information at each look: of 1/(1/n_A + 1/n_B). */
const plannedFractions = (scenario: Scenario, every: number): number[] => {
  const informationAt = (size: number): number => {
    const challengers = expectedChallengers(scenario, size);
    return (challengers * (size - challengers)) / size;
  };
  const looks = Math.floor(scenario.horizon / every);
  return Array.from({ length: looks }, (_, look) => informationAt((look + 1) * every) / informationAt(looks * every));
};

/** The decision rule of a method of the field. */
export const createBoundary = (peer: PeerAnalysis, scenario: Scenario): Boundary => {
  const { question } = peer;
  switch (peer.test) {
    case 'z':
      return zTest(question, peer.critical);
    case 'mixture-sprt':
      return mixtureSprt(question, peer.variance === 'pooled' ? pooledVariance : separateVariance);
    case 'one-sided-mixture':
      return oneSidedMixture(question);
    case 'asymptotic-sequence':
      return asymptoticSequence(question);
    case 'group-sequential':
      return groupSequential(question, plannedFractions(scenario, peer.every), peer.every);
    case 'universal-inference':
      return universalInference(question, peer.prior);
  }
};
