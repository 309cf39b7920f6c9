/** Rollouts watched for arms of the wrong size, and for labels that are missing more often in one arm. */
import {
  applyLabelCounts,
  labelsDiffer,
  startMissingLabels,
} from '../../../functions/rollouts/domain/randomised/missing-labels.ts';
import { defineRandomisedPolicy } from '../../../functions/rollouts/domain/randomised/policy.ts';
import { applyBlock } from '../../../functions/rollouts/domain/randomised/process.ts';
import { startRandomisedProcess } from '../../../functions/rollouts/domain/randomised/state.ts';
import type { AlarmStudy } from '../analysis.ts';
import { createStop, forget } from '../monitor.ts';
import type { Random } from '../random.ts';
import { plannedStage, stageShares } from '../scenario.ts';
import type { Rollout } from './rollout.ts';

/** Predictions of each arm and how many of them got their label. */
const drawArms = ({ uniform }: Random, { every, missing, lost }: AlarmStudy, share: number) => {
  const champion = { assigned: 0, labelled: 0 };
  const challenger = { assigned: 0, labelled: 0 };
  for (let prediction = 0; prediction < every; prediction += 1) {
    const isChallenger = uniform() < share;
    if (isChallenger && uniform() < lost) continue;
    const arm = isChallenger ? challenger : champion;
    arm.assigned += 1;
    if (uniform() >= (isChallenger ? missing.challenger : missing.champion)) arm.labelled += 1;
  }
  return { champion, challenger };
};

export const createAlarmRollout = (study: AlarmStudy): Rollout => {
  const policy = defineRandomisedPolicy({ binary: true });
  const [split, labels] = [createStop('split'), createStop('labels')];
  const run = (random: Random): void => {
    forget(split);
    forget(labels);
    let evidence = startRandomisedProcess(policy);
    let missing = startMissingLabels();
    for (let at = study.every; at <= study.horizon; at += study.every) {
      const place = plannedStage(at - study.every);
      const [stage, share] = [`${place}`, stageShares[place] ?? 0];
      const { champion, challenger } = drawArms(random, study, share);
      const weight = Math.round(10_000 * share);
      const units = { champion: { reward: [0, champion.assigned] }, challenger: { reward: [0, challenger.assigned] } };
      evidence = applyBlock(evidence, { stage, weight, ...units }, policy);
      missing = applyLabelCounts(missing, { stage, champion, challenger });
      if (Math.exp(evidence.peakLogSampleRatio) >= policy.sampleRatioThreshold) split.at = Math.min(split.at, at);
      if (labelsDiffer(missing)) labels.at = Math.min(labels.at, at);
    }
  };
  return { stops: [split, labels], run };
};
