/** Rollouts on pairs: champion and challenger scored on the same cases. */
import { definePairedPolicy } from '../../../functions/rollouts/domain/paired-policy.ts';
import {
  applyBlock,
  type PairedState,
  pairsOf,
  startPairedProcess,
} from '../../../functions/rollouts/domain/paired-process.ts';
import type { PairStudy, Watch } from '../analysis.ts';
import { createStop, forget } from '../monitor.ts';
import type { Random } from '../random.ts';
import type { Rollout } from './rollout.ts';

const drawBlock = ({ uniform }: Random, { every, challengerOnly, championOnly }: PairStudy) => {
  const block = { both: 0, championOnly: 0, challengerOnly: 0, neither: 0 };
  for (let pair = 0; pair < every; pair += 1) {
    const draw = uniform();
    if (draw < challengerOnly) block.challengerOnly += 1;
    else if (draw < challengerOnly + championOnly) block.championOnly += 1;
    else block.both += 1;
  }
  return block;
};

const hasPassed = (state: PairedState, { process, threshold }: Watch): boolean =>
  state[process].peakLogEvidence >= Math.log(threshold);

export const createPairRollout = (study: PairStudy): Rollout => {
  const { settings, watches, horizon } = study;
  const policy = definePairedPolicy(settings);
  const stops = watches.map(({ name }) => createStop(name));
  const run = (random: Random): void => {
    stops.forEach(forget);
    let state = startPairedProcess(policy);
    while (pairsOf(state) < horizon && stops.some(({ at }) => at === Number.POSITIVE_INFINITY)) {
      state = applyBlock(state, drawBlock(random, study), policy);
      for (const [which, watch] of watches.entries()) {
        const stop = stops[which];
        if (stop?.at !== Number.POSITIVE_INFINITY || !hasPassed(state, watch)) continue;
        stop.at = pairsOf(state);
        stop.challengers = pairsOf(state);
      }
    }
  };
  return { stops, run };
};
