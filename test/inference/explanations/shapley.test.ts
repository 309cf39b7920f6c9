import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { seeded } from '../../../contracts/seeded.ts';
import { type Background, drawInputs } from '../../../functions/inference/domain/explanations/background.ts';
import { attribute, planWalks } from '../../../functions/inference/domain/explanations/shapley.ts';

type Model = (row: readonly number[]) => number;

/** Explains a function of numbers against a background of its own, as the platform explains a graph. */
const explain = (model: Model, input: readonly number[], general: readonly number[][], draws = 32, seed = 1) => {
  const names = input.map((_, index) => `f${index}`);
  const background: Background = Object.fromEntries(names.map((name, index) => [name, general[index] as number[]]));
  const random = seeded(seed);
  const { numeric } = drawInputs({ numeric: names, categorical: [], classes: [] }, background, draws, random);
  const walks = planWalks(names.length, draws, random);
  const answers = Array.from({ length: walks.rows }, (_, row) =>
    model(
      names.map((__, field) =>
        walks.own[row * names.length + field] === 1
          ? (input[field] as number)
          : (numeric[(walks.draws[row] as number) * names.length + field] as number),
      ),
    ),
  );
  return { ...attribute(walks, answers, model(input)), asked: walks.rows };
};

const value = fc.integer({ min: -20, max: 20 });
const fields = fc.integer({ min: 1, max: 6 });
/** A function in which fields act together, an input, and four values of each field in general. */
const problem = fields.chain((count) => {
  const vector = fc.array(value, { minLength: count, maxLength: count });
  return fc.record({
    weights: vector,
    pairs: vector,
    input: vector,
    general: fc.array(fc.array(value, { minLength: 4, maxLength: 4 }), { minLength: count, maxLength: count }),
    seed: fc.integer(),
  });
});
const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

const bent =
  (weights: readonly number[], pairs: readonly number[]): Model =>
  (row) =>
    Math.tanh(sum(row.map((one, index) => (weights[index] as number) * one)) / 50) +
    sum(row.map((one, index) => ((pairs[index] as number) * one * (row[(index + 1) % row.length] as number)) / 1000));

describe('the contributions to an answer', () => {
  test('sum to it together with the base, however few draws there are', () => {
    fc.assert(
      fc.property(problem, fc.integer({ min: 2, max: 16 }), ({ weights, pairs, input, general, seed }, draws) => {
        const model = bent(weights, pairs);
        const { base, contributions } = explain(model, input, general, draws, seed);
        expect(base + sum(contributions.map(({ contribution }) => contribution))).toBeCloseTo(model(input), 9);
      }),
    );
  });

  test('are exact where fields act by themselves: weight times distance from the mean', () => {
    fc.assert(
      fc.property(problem, ({ weights, input, general, seed }) => {
        const model: Model = (row) => 7 + sum(row.map((one, index) => (weights[index] as number) * one));
        const { base, contributions } = explain(model, input, general, 16, seed);
        expect(base).toBeCloseTo(model(general.map(mean)), 9);
        for (const [index, { contribution }] of contributions.entries()) {
          const distance = (input[index] as number) - mean(general[index] as number[]);
          expect(contribution).toBeCloseTo((weights[index] as number) * distance, 9);
        }
      }),
    );
  });

  test('are exactly 0, with no error, of a field that changes nothing', () => {
    fc.assert(
      fc.property(problem, ({ weights, pairs, input, general, seed }) => {
        const model = bent(weights, pairs);
        const { contributions } = explain((row) => model(row.slice(1)), input, general, 8, seed);
        expect(contributions[0]).toEqual({ contribution: 0, standardError: 0 });
      }),
    );
  });

  test('are alike, within their error, of fields that act alike', () => {
    const general = [-3, -1, 1, 3];
    const model: Model = ([a = 0, b = 0, c = 0]) => Math.max(a, b) * c + a * b;
    for (let seed = 0; seed < 20; seed += 1) {
      const { contributions } = explain(model, [2, 2, 1], [general, general, general], 64, seed);
      const [one, other] = contributions as [(typeof contributions)[0], (typeof contributions)[0]];
      expect(Math.abs(one.contribution - other.contribution)).toBeLessThan(
        4 * Math.hypot(one.standardError, other.standardError),
      );
    }
  });

  test('share equally, in each walk, what two fields do only together', () => {
    const { base, contributions } = explain(([a = 0, b = 0]) => a * b, [6, 7], [[0], [0]], 4);
    expect(base).toBe(0);
    expect(contributions).toEqual([
      { contribution: 21, standardError: 0 },
      { contribution: 21, standardError: 0 },
    ]);
  });

  test('come near to what every order and every combination of the background gives', () => {
    const general = [
      [-2, 0, 1, 5],
      [-1, 1, 2, 2],
      [0, 0, 3, 4],
    ];
    const input = [4, -3, 2];
    const model: Model = ([a = 0, b = 0, c = 0]) => a * b - Math.abs(c - a) + 2 * (b > 0 ? c : 0);
    const truth = exactly(model, input, general);
    for (let seed = 0; seed < 10; seed += 1) {
      for (const [index, { contribution, standardError }] of explain(
        model,
        input,
        general,
        128,
        seed,
      ).contributions.entries()) {
        expect(Math.abs(contribution - (truth[index] as number))).toBeLessThan(4 * standardError);
      }
    }
  });

  test('are the same again with the same seed, and ask for two inputs of each field and draw, less one', () => {
    const general = [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ];
    const model: Model = ([a = 0, b = 0]) => a * b;
    expect(explain(model, [1, 1], general, 16, 5)).toEqual(explain(model, [1, 1], general, 16, 5));
    expect(explain(model, [1, 1], general, 16, 5).asked).toBe(16 * 3);
  });
});

/** Shapley values by their definition: the mean over all orders, and over all combinations of the background. */
const exactly = (model: Model, input: readonly number[], general: readonly number[][]): number[] => {
  const combinations = general.reduce<number[][]>(
    (all, values) => all.flatMap((some) => values.map((one) => [...some, one])),
    [[]],
  );
  const worth = (own: ReadonlySet<number>): number =>
    mean(
      combinations.map((drawn) => model(drawn.map((one, field) => (own.has(field) ? (input[field] as number) : one)))),
    );
  const orders = (items: readonly number[]): number[][] =>
    items.length === 0
      ? [[]]
      : items.flatMap((first) => orders(items.filter((one) => one !== first)).map((rest) => [first, ...rest]));
  const all = orders(input.map((_, field) => field));
  return input.map((_, field) =>
    mean(
      all.map((order) => {
        const before = new Set(order.slice(0, order.indexOf(field)));
        return worth(new Set([...before, field])) - worth(before);
      }),
    ),
  );
};

describe('draws from a background', () => {
  const signature = { numeric: ['a', 'b'], categorical: ['c', 'd'], classes: [] };

  test('have each value of a field as often as the background', () => {
    const background = { a: [1, 2, 3, 4], b: [5, null], c: ['x', 'x', 'x', null], d: ['y'] };
    const { numeric, categorical } = drawInputs(signature, background, 16, seeded(3));
    const column = <Item>(values: ArrayLike<Item>, place: number): Item[] =>
      Array.from(values).filter((_, index) => index % 2 === place);
    expect(column(numeric, 0).sort()).toEqual([1, 2, 3, 4].flatMap((one) => [one, one, one, one]));
    expect(column(numeric, 1).filter(Number.isNaN)).toHaveLength(8);
    expect(column(categorical, 0).filter((one) => one === 'x')).toHaveLength(12);
    expect(column(categorical, 0).filter((one) => one === '')).toHaveLength(4);
    expect(new Set(column(categorical, 1))).toEqual(new Set(['y']));
  });

  test('take a field of which nothing is known for missing', () => {
    const { numeric, categorical } = drawInputs(signature, {}, 4, seeded(3));
    expect([...numeric].every(Number.isNaN)).toBe(true);
    expect(new Set(categorical)).toEqual(new Set(['']));
  });

  test('are spread evenly over a background with more values than are drawn', () => {
    const a = Array.from({ length: 1000 }, (_, index) => index);
    const { numeric } = drawInputs({ ...signature, numeric: ['a'], categorical: [] }, { a }, 10, seeded(3));
    expect([...numeric].sort((one, other) => one - other)).toEqual([50, 150, 250, 350, 450, 550, 650, 750, 850, 950]);
  });
});
