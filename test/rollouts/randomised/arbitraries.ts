/** Policies and blocks that a property may be asked of. */
import * as fc from 'fast-check';
import { Hypothesis } from '../../../contracts/verdicts.ts';
import type { Block } from '../../../functions/rollouts/domain/randomised/block.ts';
import { emptyHistogram } from '../../../functions/rollouts/domain/randomised/histogram.ts';
import { nullsOf } from '../../../functions/rollouts/domain/randomised/nulls.ts';
import { defineRandomisedPolicy, type RandomisedPolicy } from '../../../functions/rollouts/domain/randomised/policy.ts';
import { applyBlock } from '../../../functions/rollouts/domain/randomised/process.ts';
import { type RandomisedState, startRandomisedProcess } from '../../../functions/rollouts/domain/randomised/state.ts';

export const within = (min: number, max: number) => fc.double({ min, max, noNaN: true });

export const noReserve = { share: 0, firstUnits: 1, parts: 0 };

const grid = fc
  .uniqueArray(within(0.001, 2), { minLength: 1, maxLength: 4 })
  .map((effects) => effects.sort((one, other) => one - other));

const metric = {
  margin: within(0.001, 0.5),
  priorMean: within(0, 1),
  priorUnits: within(0.1, 100),
  binary: fc.boolean(),
  promotionEffects: grid,
  rollbackEffects: grid,
};

const reserve = fc.oneof(
  fc.constant(noReserve),
  fc.record({
    share: within(0.01, 0.9),
    firstUnits: fc.integer({ min: 1, max: 30 }),
    parts: fc.integer({ min: 1, max: 8 }),
  }),
);

/** Any policy, with up to two guardrails. */
export const policies: fc.Arbitrary<RandomisedPolicy> = fc
  .record({
    ...metric,
    hypothesis: fc.constantFrom(...Object.values(Hypothesis)),
    rampMargin: within(0.001, 0.5),
    rampEffects: grid,
    rollbackReserve: reserve,
    guardrails: fc.dictionary(fc.constantFrom('answered', 'prompt'), fc.record(metric), { noNullPrototype: true }),
    minimumUnits: fc.integer({ min: 1, max: 300 }),
  })
  .map((settings) => defineRandomisedPolicy(settings));

export const stages = ['canary-5', 'canary-25', 'canary-50'] as const;
const weights = { 'canary-5': 500, 'canary-25': 2500, 'canary-50': 5000 };

/** Units of one arm: for each, a draw in [0, 1) per metric that becomes its value. */
const arm = (most: number) =>
  fc.array(fc.array(within(0, 0.999999), { minLength: 3, maxLength: 3 }), { maxLength: most });

const drawn = (most: number) =>
  fc.record({ stage: fc.constantFrom(...stages), champion: arm(most), challenger: arm(most) });

type Drawn = { stage: (typeof stages)[number]; champion: number[][]; challenger: number[][] };

const countArm = (units: readonly number[][], { metrics }: RandomisedPolicy) =>
  Object.fromEntries(
    metrics.map(({ name, bins }, index) => {
      const histogram = emptyHistogram(bins);
      for (const draws of units) {
        const bin = Math.floor((draws[index] ?? 0) * bins);
        histogram[bin] = (histogram[bin] ?? 0) + 1;
      }
      return [name, histogram];
    }),
  );

const blockOf = ({ stage, champion, challenger }: Drawn, policy: RandomisedPolicy): Block => ({
  stage,
  weight: weights[stage],
  champion: countArm(champion, policy),
  challenger: countArm(challenger, policy),
});

/** A policy, and a log of blocks that fit it; arms are empty now and then. */
export const histories = (length = 10, most = 8) =>
  fc
    .tuple(policies, fc.array(drawn(most), { maxLength: length }))
    .map(([policy, log]) => ({ policy, log: log.map((block) => blockOf(block, policy)) }));

export const replay = (policy: RandomisedPolicy, log: readonly Block[]): RandomisedState =>
  log.reduce<RandomisedState>((state, block) => applyBlock(state, block, policy), startRandomisedProcess(policy));

/** All evidence of a state, with what it is against. */
export const evidencesOf = (state: RandomisedState, policy: RandomisedPolicy) => {
  const nulls = nullsOf(policy);
  return [
    ...state.metrics.flatMap((evidence, index) => {
      const against = nulls.metrics[index] ?? nulls.metrics[0];
      return [
        {
          name: `promotion of ${against.metric.name}`,
          index,
          hypothesis: against.promotion,
          evidence: evidence.promotion,
        },
        {
          name: `rollback of ${against.metric.name}`,
          index,
          hypothesis: against.rollback,
          evidence: evidence.rollback,
        },
      ];
    }),
    { name: 'tripwire', index: 0, hypothesis: nulls.tripwire, evidence: state.tripwire },
    { name: 'ramp', index: 0, hypothesis: nulls.ramp, evidence: state.ramp },
  ];
};
