/** Rollouts that compare several metrics of the same outcomes. */
import type { Block } from '../../../functions/rollouts/domain/randomised/block.ts';
import { defineRandomisedPolicy } from '../../../functions/rollouts/domain/randomised/policy.ts';
import { applyBlock } from '../../../functions/rollouts/domain/randomised/process.ts';
import {
  challengerUnitsOf,
  type RandomisedState,
  startRandomisedProcess,
} from '../../../functions/rollouts/domain/randomised/state.ts';
import type { MetricsStudy } from '../analysis.ts';
import { createStop, forget, type Stop } from '../monitor.ts';
import type { Random } from '../random.ts';
import { plannedStage, stageShares } from '../scenario.ts';
import type { Rollout } from './rollout.ts';

const policyOf = ({ metrics: [reward, ...guardrails], settings }: MetricsStudy) =>
  defineRandomisedPolicy({
    ...settings,
    priorMean: reward?.champion ?? Number.NaN,
    guardrails: Object.fromEntries(
      guardrails.map(({ champion }, index) => [
        `guardrail-${index + 1}`,
        { margin: 0.02, priorMean: champion, binary: true },
      ]),
    ),
  });

/** @param names - of the metrics in the order of the study's */
const drawBlock = (
  { uniform }: Random,
  { metrics, every }: MetricsStudy,
  names: readonly string[],
  stage: number,
): Block => {
  const share = stageShares[stage] ?? 0;
  const champion = metrics.map(() => [0, 0]);
  const challenger = metrics.map(() => [0, 0]);
  for (let outcome = 0; outcome < every; outcome += 1) {
    const isChallenger = uniform() < share;
    for (const [index, means] of metrics.entries()) {
      const counts = (isChallenger ? challenger : champion)[index] as number[];
      const value = uniform() < (isChallenger ? means.challenger : means.champion) ? 1 : 0;
      counts[value] = (counts[value] as number) + 1;
    }
  }
  const byName = (counts: number[][]) =>
    Object.fromEntries(counts.map((histogram, index) => [names[index], histogram]));
  const weight = Math.round(10_000 * share);
  return { stage: `${stage}`, weight, champion: byName(champion), challenger: byName(challenger) };
};

/** Log e-values so far: for promotion of the metric that shows least, for rollback of the average and of the worst. */
const peaksOf = ({ metrics, peakLogRollback }: RandomisedState) => ({
  promotion: Math.min(...metrics.map(({ promotion }) => promotion.peakLogEvidence)),
  average: peakLogRollback,
  worst: Math.max(...metrics.map(({ rollback }) => rollback.peakLogEvidence)),
});

/** Rolls back by the average of the metrics' e-values, as the product does, and by any one of them, as it may not. */
export const createMetricsRollout = (study: MetricsStudy): Rollout => {
  const { horizon, every, ramp, threshold } = study;
  const policy = policyOf(study);
  const names = policy.metrics.map(({ name }) => name);
  const rules: readonly [Stop, keyof ReturnType<typeof peaksOf>, number][] = [
    [createStop('promote'), 'promotion', Math.log(1 / policy.promotionAlpha)],
    [createStop('roll back'), 'average', Math.log(threshold)],
    [createStop('roll back by any metric'), 'worst', Math.log(threshold)],
  ];
  const stops = rules.map(([stop]) => stop);
  const run = (random: Random): void => {
    stops.forEach(forget);
    let state = startRandomisedProcess(policy);
    for (let from = 0; from < horizon && stops.some(({ at }) => at === Number.POSITIVE_INFINITY); from += every) {
      state = applyBlock(state, drawBlock(random, study, names, ramp === 'canary' ? 0 : plannedStage(from)), policy);
      const peaks = peaksOf(state);
      for (const [stop, process, needed] of rules) {
        if (stop.at < Number.POSITIVE_INFINITY || peaks[process] < needed) continue;
        stop.at = from + every;
        stop.challengers = challengerUnitsOf(state);
      }
    }
  };
  return { stops, run };
};
