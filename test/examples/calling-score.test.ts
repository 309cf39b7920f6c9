import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FieldKind, isModelInput } from '../../contracts/model.ts';
import { EvidenceKind } from '../../contracts/verdicts.ts';
import { bestValue, decidesToCall, estimateValue, noCallReward } from '../../examples/calling-score/decisions.ts';
import { readDeclaration } from '../../examples/calling-score/declaration.ts';
import { features, traits } from '../../examples/calling-score/features.ts';
import { call, trueChance } from '../../examples/calling-score/generator.ts';
import { peopleOf, uniformOf } from './people.ts';

const people = peopleOf(11, 20_000);
const chances = people.map(trueChance);
const best = bestValue(chances);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the people of calling-score', () => {
  it('are drawn again by the same seed', () => {
    expect(peopleOf(5, 3)).toEqual(peopleOf(5, 3));
    expect(peopleOf(5, 3)).not.toEqual(peopleOf(6, 3));
  });

  it('have measurements within the bounds that the model declares', async () => {
    const { schema } = await readDeclaration();
    const declared = Object.entries(schema.fields).filter(([, field]) => isModelInput(field));
    expect(declared.map(([name]) => name)).toEqual(features.map(({ name }) => name));
    for (const [name, field] of declared) {
      const { minimum = Number.NaN, maximum = Number.NaN } = field as { minimum?: number; maximum?: number };
      const values = people.map((person) => person[name] ?? Number.NaN);
      expect(values.every((value) => value >= minimum && value <= maximum)).toBe(true);
    }
  });

  it('have traits that matter only together: neither of a pair says much alone', () => {
    const strength = (trait: string) =>
      people.map((person) =>
        mean(
          features
            .filter((feature) => feature.trait === trait)
            .map(({ name, sign, mean: middle, spread }) => (sign * ((person[name] ?? 0) - middle)) / spread),
        ),
      );
    const [reach, pressure] = [strength('reach'), strength('pressure')];
    const averageWhere = (chosen: (index: number) => boolean) => mean(chances.filter((_, index) => chosen(index)));
    const reachable = (index: number): boolean => (reach[index] ?? 0) > 0;
    const pressed = (index: number): boolean => (pressure[index] ?? 0) > 0;
    expect(Math.abs(averageWhere(reachable) - averageWhere((index) => !reachable(index)))).toBeLessThan(0.03);
    expect(
      averageWhere((index) => reachable(index) !== pressed(index)) -
        averageWhere((index) => reachable(index) === pressed(index)),
    ).toBeGreaterThan(0.2);
    expect(traits).toHaveLength(6);
  });
});

describe('a call', () => {
  const uniform = uniformOf(7);
  const outcomes = people.map((person, index) => ({ ...call(uniform, person), chance: chances[index] ?? 0 }));

  it('ends well as often as the true chance says, also among those whom a score picked', () => {
    const picked = outcomes.filter((_, index) => (people[index]?.surveyScore ?? 0) > 6.5);
    for (const some of [outcomes, picked]) {
      const difference = mean(some.map(({ positive, chance }) => Number(positive) - chance));
      expect(Math.abs(difference)).toBeLessThan(4 * Math.sqrt(0.25 / some.length));
    }
  });

  it('has its outcome in time but for one in fifty of those without response', () => {
    const late = (positive: boolean) => {
      const some = outcomes.filter((outcome) => outcome.positive === positive);
      return some.filter(({ delay }) => delay > 1).length / some.length;
    };
    expect(late(true)).toBeLessThan(0.005);
    // exp(−0.8/0.2)
    expect(Math.abs(late(false) - 0.0183)).toBeLessThan(0.005);
  });
});

describe('the value of a way to decide', () => {
  it('is what was computed when the example was made', () => {
    expect(best.mean).toBeCloseTo(0.579, 2);
    expect(best.standardError).toBeLessThan(0.003);
    expect(mean(chances)).toBeCloseTo(0.428, 1);
  });

  it('is never above that of calling exactly where the true chance exceeds the reward of not calling', () => {
    const some = people.slice(0, 500);
    const chancesOfSome = chances.slice(0, 500);
    const optimum = bestValue(chancesOfSome).mean;
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 30, maxLength: 30 }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        (weights, threshold) => {
          const decisions = some.map((person) => {
            const score = features.reduce(
              (sum, { name, mean: middle, spread }, index) =>
                sum + ((weights[index] ?? 0) * ((person[name] ?? 0) - middle)) / spread,
              0,
            );
            return score > threshold;
          });
          return estimateValue(chancesOfSome, decisions).mean <= optimum + 1e-12;
        },
      ),
      { numRuns: 200 },
    );
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 500, maxLength: 500 }), (decisions) => {
        return estimateValue(chancesOfSome, decisions).mean <= optimum + 1e-12;
      }),
    );
  });

  it('is above calling everybody, nobody, or by half a chance', () => {
    const everybody = estimateValue(
      chances,
      chances.map(() => true),
    ).mean;
    const nobody = estimateValue(
      chances,
      chances.map(() => false),
    ).mean;
    const byHalf = estimateValue(
      chances,
      chances.map((chance) => chance > 0.5),
    ).mean;
    expect(nobody).toBeCloseTo(noCallReward, 12);
    expect(best.mean - everybody).toBeGreaterThan(0.1);
    expect(best.mean - byHalf).toBeGreaterThan(0.003);
  });

  it('needs a decision for each person', () => {
    expect(() => estimateValue([0.1, 0.2], [true])).toThrow('as many decisions as chances, two at least, got 1 and 2');
  });
});

describe('the declaration of calling-score', () => {
  it('asks for a network, rewards by chance of the arm, and a training every 1,000 cases or 7 days', async () => {
    const { recipe, policies, schema } = await readDeclaration();
    expect(recipe.name).toBe('network');
    expect(policies.training).toMatchObject({ newCases: 1000, days: 7 });
    expect(policies.rollout.evidence).toBe(EvidenceKind.Randomised);
    expect(policies.outcomes).toMatchObject({ score: 'responds', positive: 0.5 });
    expect(Object.values(schema.fields).filter(({ kind }) => kind === FieldKind.Subject)).toHaveLength(1);
  });

  it('gives each reward a place of its own on the 21-point grid', () => {
    expect((noCallReward * 20) % 1).toBe(0);
    expect([decidesToCall(noCallReward), decidesToCall(0.36)]).toEqual([false, true]);
  });
});
