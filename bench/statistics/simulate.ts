import type { Study } from './analysis.ts';
import { createRandom } from './random.ts';
import { createAlarmRollout } from './rollouts/alarms.ts';
import { createMetricsRollout } from './rollouts/metrics.ts';
import { createOutcomeRollout } from './rollouts/outcomes.ts';
import { createPairRollout } from './rollouts/pairs.ts';
import type { Rollout } from './rollouts/rollout.ts';

/** When and with how many of the challenger's outcomes each run decided; infinite where it never did. */
interface Decisions {
  readonly at: Float64Array;
  readonly challengers: Float64Array;
}

/** By the name of the figure. */
export type DecisionsByName = Readonly<Record<string, Decisions>>;

const createRollout = (study: Study): Rollout => {
  switch (study.evidence) {
    case 'outcomes':
      return createOutcomeRollout(study);
    case 'metrics':
      return createMetricsRollout(study);
    case 'pairs':
      return createPairRollout(study);
    case 'alarms':
      return createAlarmRollout(study);
  }
};

/** Studies of one scenario read the same draws. */
const seedName = (study: Study): string => (study.evidence === 'outcomes' ? study.scenario.name : study.name);

/** Simulates runs `from` to below `to` of a study. The same numbers come out however the runs are divided. */
export const simulate = (study: Study, seed: number, from: number, to: number): DecisionsByName => {
  const { stops, run } = createRollout(study);
  const decisions = stops.map(
    ({ name }) => [name, { at: new Float64Array(to - from), challengers: new Float64Array(to - from) }] as const,
  );
  for (let index = 0; index < to - from; index += 1) {
    run(createRandom(seed, seedName(study), from + index));
    for (const [which, [, { at, challengers }]] of decisions.entries()) {
      at[index] = stops[which]?.at ?? Number.NaN;
      challengers[index] = stops[which]?.challengers ?? Number.NaN;
    }
  }
  return Object.fromEntries(decisions);
};
