import type { Block } from '../../../functions/rollouts/domain/randomised/block.ts';
import { emptyHistogram } from '../../../functions/rollouts/domain/randomised/histogram.ts';
import { stageShares } from '../scenario.ts';

interface StageUnits {
  readonly champion: number[];
  readonly challenger: number[];
  champions: number;
  challengers: number;
}

/** Units that have arrived since the last evaluation, by stage. */
export interface WaitingUnits {
  readonly add: (stage: number, isChallenger: boolean, bin: number) => void;
  /** Blocks of the stages in which both arms have a unit; those of the others go on waiting, as in the engine. */
  readonly takeBlocks: () => Block[];
}

export const createWaitingUnits = (bins: number): WaitingUnits => {
  const none = (): StageUnits => ({
    champion: emptyHistogram(bins),
    challenger: emptyHistogram(bins),
    champions: 0,
    challengers: 0,
  });
  const stages = stageShares.map(none);
  return {
    add: (stage, isChallenger, bin) => {
      const units = stages[stage] as StageUnits;
      const histogram = isChallenger ? units.challenger : units.champion;
      histogram[bin] = (histogram[bin] as number) + 1;
      if (isChallenger) units.challengers += 1;
      else units.champions += 1;
    },
    takeBlocks: () => {
      const blocks: Block[] = [];
      for (const [stage, { champion, challenger, champions, challengers }] of stages.entries()) {
        if (champions === 0 || challengers === 0) continue;
        const weight = Math.round(10_000 * (stageShares[stage] ?? 0));
        blocks.push({
          stage: `${stage}`,
          weight,
          champion: { reward: champion },
          challenger: { reward: challenger },
        });
        stages[stage] = none();
      }
      return blocks;
    },
  };
};
