/**
 * Simulates rollouts judged by one null of the paired process. Runs as a worker thread, because code under Jest pays
 * for every look-up of a global such as Math.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { definePairedPolicy, type PairedPolicy } from '../../functions/rollouts/domain/paired-policy.ts';
import {
  applyBlock,
  type PairCounts,
  pairsOf,
  startPairedProcess,
} from '../../functions/rollouts/domain/paired-process.ts';

export type Simulation = {
  runs: number;
  policy: Partial<PairedPolicy>;
  process: 'promotion' | 'rollback';
  /** Share of pairs in which exactly one version is right. */
  discordance: number;
  /** Challenger's mean − champion's, from the given pair on. */
  difference: readonly { fromPair: number; is: number }[];
  blockPairs: number;
};

export type Simulated = {
  /** Share of runs in which the null was refuted. */
  rate: number;
  /** Pairs until then, infinite where never. */
  median: number;
  p90: number;
};

/** mulberry32: uniform in [0, 1). */
const uniform = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const drawBlock = (
  { discordance, difference, blockPairs }: Simulation,
  past: number,
  random: () => number,
): PairCounts => {
  const now = difference.findLast(({ fromPair }) => fromPair <= past)?.is ?? 0;
  const block = { both: 0, championOnly: 0, challengerOnly: 0, neither: 0 };
  for (let pair = 0; pair < blockPairs; pair += 1) {
    const draw = random();
    if (draw < (discordance + now) / 2) block.challengerOnly += 1;
    else if (draw < discordance) block.championOnly += 1;
    else block.both += 1;
  }
  return block;
};

/** Pairs until the null is refuted, looked at after every block. */
const runOne = (simulation: Simulation, policy: PairedPolicy, random: () => number): number => {
  const { process } = simulation;
  const threshold = -Math.log(process === 'promotion' ? policy.promotionAlpha : policy.rollbackAlpha);
  let state = startPairedProcess(policy);
  while (pairsOf(state) < policy.maximumPairs) {
    state = applyBlock(state, drawBlock(simulation, pairsOf(state), random), policy);
    if (state[process].peakLogEvidence >= threshold) return pairsOf(state);
  }
  return Number.POSITIVE_INFINITY;
};

const simulate = (simulation: Simulation): Simulated => {
  const { runs } = simulation;
  const policy = definePairedPolicy(simulation.policy);
  const random = uniform(20_240_501);
  const pairs = Array.from({ length: runs }, () => runOne(simulation, policy, random)).sort(
    (one, other) => one - other,
  );
  return {
    rate: pairs.filter(Number.isFinite).length / runs,
    median: pairs[Math.floor(runs / 2)] ?? Number.NaN,
    p90: pairs[Math.floor(runs * 0.9)] ?? Number.NaN,
  };
};

parentPort?.postMessage(simulate(workerData));
