import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { blocksOf } from '../../../functions/rollouts/domain/randomised/blocks.ts';
import { defineRandomisedPolicy } from '../../../functions/rollouts/domain/randomised/policy.ts';
import {
  type AssignedOutcome,
  collectUnits,
  type Unit,
  type UnitRule,
  weightsOf,
  windowOf,
} from '../../../functions/rollouts/domain/randomised/units.ts';

const weights = weightsOf([
  { name: 'shadow', weight: 0 },
  { name: 'canary', weight: 5 },
  { name: 'half', weight: 50 },
  { name: 'all', weight: 100 },
]);
const alone: UnitRule = { startedAt: 1000, windowMilliseconds: undefined, slowMilliseconds: 100, weights };
const windows: UnitRule = { ...alone, windowMilliseconds: 500 };

const outcome = (given: Partial<AssignedOutcome> = {}): AssignedOutcome => ({
  assignedAt: 1000,
  nonce: 'n1',
  arm: 'champion',
  stage: 'canary',
  reward: 1,
  failed: false,
  ...given,
});

const unitsOf = (rule: UnitRule, outcomes: readonly AssignedOutcome[], known: readonly string[] = []): Unit[] => {
  const collection = collectUnits(rule);
  for (const each of outcomes) collection.add(each);
  return collection.units((subject) => known.includes(subject));
};

describe('the stages that split requests', () => {
  it('are those with a share for each arm, in basis points', () => {
    expect([...weights]).toEqual([
      ['canary', 500],
      ['half', 5000],
    ]);
  });

  it('alone have units', () => {
    const stages = ['preparing', 'shadow', 'canary', 'all'];
    const found = unitsOf(
      alone,
      stages.map((stage, index) => outcome({ stage, nonce: `n${index}` })),
    );
    expect(found.map(({ stage }) => stage)).toEqual(['canary']);
  });
});

describe('a prediction as a unit', () => {
  it('has a reward, an answer and a time', () => {
    const found = unitsOf(alone, [
      outcome({ nonce: 'a', reward: 0.3 }),
      outcome({ nonce: 'b', arm: 'challenger', failed: true, milliseconds: 100 }),
      outcome({ nonce: 'c', arm: 'champion', failed: true, milliseconds: 100.1 }),
    ]);
    expect(found.map(({ id, values }) => [id, values.reward, values.answered, values.prompt])).toEqual([
      ['a', 0.3, 1, 1],
      ['b', 1, 0, 1],
      ['c', 1, 1, 0],
    ]);
  });

  it('counts each prediction where there are no windows, of the same subject too', () => {
    expect(
      unitsOf(alone, [outcome({ nonce: 'a', subject: 'sub_1' }), outcome({ nonce: 'b', subject: 'sub_1' })]),
    ).toHaveLength(2);
  });

  it('counts each prediction without a subject, among windows', () => {
    expect(unitsOf(windows, [outcome({ nonce: 'a' }), outcome({ nonce: 'b' })])).toHaveLength(2);
  });
});

describe('a subject as a unit', () => {
  const of = (assignedAt: number, given: Partial<AssignedOutcome> = {}) =>
    outcome({ subject: 'sub_1', nonce: `n${assignedAt}`, assignedAt, ...given });

  it('is the mean over its predictions in its first window', () => {
    const found = unitsOf(windows, [of(1500, { reward: 0.2 }), of(1700, { reward: 0.6, milliseconds: 500 }), of(1999)]);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ id: 'sub_1#1500', assignedAt: 1500, values: { answered: 1 } });
    expect(found[0]?.values.reward).toBeCloseTo(0.6, 12);
    expect(found[0]?.values.prompt).toBeCloseTo(2 / 3, 12);
  });

  it('leaves out what it did in later windows, and what the other arm did', () => {
    const found = unitsOf(windows, [
      of(1100, { reward: 0.5, stage: 'canary' }),
      of(1200, { reward: 0, arm: 'challenger', stage: 'half' }),
      of(1500, { reward: 0 }),
    ]);
    expect(found).toMatchObject([{ arm: 'champion', stage: 'canary', values: { reward: 0.5 } }]);
  });

  it('keeps the stage of its first prediction when the ramp goes on within its window', () => {
    const found = unitsOf(windows, [
      of(1100, { reward: 0, arm: 'challenger' }),
      of(1200, { arm: 'challenger', stage: 'half' }),
    ]);
    expect(found).toMatchObject([{ stage: 'canary', values: { reward: 0.5 } }]);
  });

  it('begins with its first prediction in a stage that splits requests', () => {
    const found = unitsOf(windows, [of(1100, { reward: 0, stage: 'shadow' }), of(1200), of(1600, { reward: 0 })]);
    expect(found).toMatchObject([{ assignedAt: 1200, values: { reward: 1 } }]);
  });

  it('counts once in a rollout', () => {
    expect(unitsOf(windows, [of(1600), outcome({ nonce: 'x' })], ['sub_1'])).toMatchObject([{ id: 'x' }]);
  });

  it('names the subjects whose past has to be known', () => {
    const collection = collectUnits(windows);
    for (const each of [of(1100), of(1200), outcome({ nonce: 'x' })]) collection.add(each);
    expect(collection.subjects()).toEqual(['sub_1']);
  });
});

describe('windows', () => {
  it('are counted from the begin of the rollout', () => {
    expect([1000, 1499, 1500, 2250, 999].map((time) => windowOf(time, windows))).toEqual([1000, 1000, 1500, 2000, 500]);
    expect(windowOf(1234, alone)).toBe(1234);
  });
});

describe('blocks of units', () => {
  const policy = defineRandomisedPolicy({ guardrails: { answered: { binary: true }, prompt: { binary: true } } });
  const unit = (index: number, reward = 0.5): Unit => ({
    id: `u${index}`,
    assignedAt: 1000 + index,
    arm: index % 10 === 0 ? 'challenger' : 'champion',
    stage: index % 2 === 0 ? 'canary' : 'half',
    values: { reward, answered: 1, prompt: 0 },
  });
  const many = (count: number) => Array.from({ length: count }, (_, index) => unit(index));
  const cut = (units: readonly Unit[]) => blocksOf(units, { weights }, policy, () => 0.5);

  it('are of one stage each, with its weight, and of at most 50 units', () => {
    const blocks = cut(many(210));
    expect(blocks.map(({ stage, weight }) => [stage, weight])).toEqual([
      ...Array.from({ length: 3 }, () => ['canary', 500]),
      ...Array.from({ length: 3 }, () => ['half', 5000]),
    ]);
    const sizes = blocks.map(({ champion, challenger }) =>
      [champion.reward, challenger.reward].flat().reduce<number>((sum, count) => sum + (count ?? 0), 0),
    );
    expect(sizes).toEqual([50, 50, 5, 50, 50, 5]);
  });

  it('hold each metric in its own bins', () => {
    const [block] = cut([unit(1)]);
    expect(block?.champion).toEqual({
      reward: Array.from({ length: 21 }, (_, bin) => Number(bin === 10)),
      answered: [0, 1],
      prompt: [1, 0],
    });
    expect(block?.challenger.reward).toEqual(Array.from({ length: 21 }, () => 0));
  });

  it('are few enough for one transaction, however many units there are', () => {
    expect(cut(many(100_000)).length).toBeLessThanOrEqual(90);
  });

  it('end where they end whatever the rewards are', () =>
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 60, maxLength: 120 }),
        (rewards) => {
          const shapeOf = (units: readonly Unit[]) =>
            cut(units).map(({ stage, champion }) => [stage, champion.answered]);
          expect(shapeOf(rewards.map((reward, index) => unit(index, reward)))).toEqual(shapeOf(many(rewards.length)));
        },
      ),
    ));

  it('are rounded by the unit, so that reading them again gives the same', () => {
    const uniforms = new Map([
      ['u1', 0.1],
      ['u3', 0.9],
    ]);
    const [block] = blocksOf([unit(1, 0.52), unit(3, 0.52)], { weights }, policy, (id) => uniforms.get(id) ?? 0);
    expect([block?.champion.reward?.[10], block?.champion.reward?.[11]]).toEqual([1, 1]);
  });
});
