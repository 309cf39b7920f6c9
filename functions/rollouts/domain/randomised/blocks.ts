import { Arm } from '../../../../contracts/inference.ts';
import type { RandomisedBlock } from '../../../../contracts/rollouts.ts';
import { binOf, emptyHistogram } from './histogram.ts';
import type { MetricPolicy, RandomisedPolicy } from './policy.ts';
import type { Unit, UnitRule } from './units.ts';

/** Evidence is bet on this many units at a time at most: larger blocks learn later, smaller ones cost a little. */
const unitsInBlock = 50;
/** Blocks that units of one stage are cut into at most. With the blocks of further stages they fit one transaction. */
const maximumBlocks = 60;

/** In [0, 1), the same for the same unit and metric, and independent of the unit's value. */
export type UniformOf = (unit: string, metric: string) => number;

/**
 * Cuts units into blocks, stage by stage, in the order of their first predictions: nothing in it depends on a value, as
 * the validity of the evidence demands.
 * @param units in the order of their first predictions, of stages that have a weight.
 */
export const blocksOf = (
  units: readonly Unit[],
  { weights }: Pick<UnitRule, 'weights'>,
  policy: RandomisedPolicy,
  uniformOf: UniformOf,
): Omit<RandomisedBlock, 'number' | 'at'>[] => {
  const length = Math.max(unitsInBlock, Math.ceil(units.length / maximumBlocks));
  return [...Map.groupBy(units, ({ stage }) => stage)].flatMap(([stage, assigned]) =>
    Array.from({ length: Math.ceil(assigned.length / length) }, (_, index) => {
      const some = assigned.slice(index * length, (index + 1) * length);
      const count = (arm: Arm) => countArm(some, arm, policy, uniformOf);
      const weight = weights.get(stage) ?? 0;
      return { stage, weight, champion: count(Arm.Champion), challenger: count(Arm.Challenger) };
    }),
  );
};

const countArm = (units: readonly Unit[], arm: Arm, policy: RandomisedPolicy, uniformOf: UniformOf) => {
  const ofArm = units.filter((unit) => unit.arm === arm);
  return Object.fromEntries(policy.metrics.map((metric) => [metric.name, histogramOf(ofArm, metric, uniformOf)]));
};

const histogramOf = (units: readonly Unit[], { name, bins }: MetricPolicy, uniformOf: UniformOf): number[] => {
  const histogram = emptyHistogram(bins);
  for (const { id, values } of units) {
    const bin = binOf(values[name as keyof Unit['values']], bins, uniformOf(id, name));
    histogram[bin] = (histogram[bin] ?? 0) + 1;
  }
  return histogram;
};
