/**
 * Shapley values of an answer, estimated by walks through the fields in random order.
 *
 * A walk begins at a draw: an input whose fields have values that they have in general. One field after another takes
 * its value from the input explained, and what the answer changes by is the field's contribution on this walk. Each draw
 * is walked twice, in an order and in its reverse, and the mean of the two counts: what one order gives to the first of
 * two fields that act together, the other gives to the second.
 *
 *     order    draw ── a ── ab ── abc ── input      contribution of b: f(ab) − f(a)
 *     reverse  draw ── d ── dc ── dcb ── input                         f(dcb) − f(dc)
 *
 * On each walk the contributions sum to f(input) − f(draw), so with the mean of f(draw) as the base they sum to the
 * answer exactly, however few draws there are. A field that changes nothing contributes exactly 0.
 *
 * @see L. S. Shapley, A value for n-person games (1953); E. Štrumbelj and I. Kononenko, JMLR 11 (2010) 1–18; R. Mitchell
 *   et al., Sampling permutations for Shapley value estimation, JMLR 23 (2022), on reversed orders
 */
import type { Random } from '../../../../contracts/seeded.ts';
import { shuffled } from './shuffled.ts';

/** Inputs of which the answers are needed: each has some fields of the input explained, and the others of a draw. */
export interface Walks {
  readonly fields: number;
  /** The order of the fields on each draw's walk. */
  readonly orders: readonly (readonly number[])[];
  /** Inputs to ask for: R, the draws first, then each walk's. */
  readonly rows: number;
  /** Of which draw each input is [R]. */
  readonly draws: Int32Array;
  /** 1 where an input has a field of the one explained, row-major [R × fields]. */
  readonly own: Uint8Array;
}

/** What a field contributes to an answer. */
interface Contribution {
  readonly contribution: number;
  /** Of the mean over the draws. */
  readonly standardError: number;
}

export interface Attribution {
  /** Mean answer to the draws. */
  readonly base: number;
  /** Of each field. */
  readonly contributions: readonly Contribution[];
}

/** Inputs of one draw's two walks: the draw itself, and twice all but the input explained. */
const inputsOfDraw = (fields: number): number => 2 * fields - 1;

/** @param fields - at least 1; @param draws - at least 2 */
export const planWalks = (fields: number, draws: number, random: Random): Walks => {
  const each = Array.from({ length: fields }, (_, field) => field);
  const orders = Array.from({ length: draws }, () => shuffled(each, random));
  const inputs = inputsOfDraw(fields);
  const rows = draws * inputs;
  const own = new Uint8Array(rows * fields);
  for (const [draw, order] of orders.entries()) {
    for (const [walk, fieldsInTurn] of [order, order.toReversed()].entries()) {
      const first = draw * inputs + walk * (fields - 1);
      for (let step = 1; step < fields; step += 1) {
        for (const field of fieldsInTurn.slice(0, step)) own[(first + step) * fields + field] = 1;
      }
    }
  }
  return { fields, orders, rows, draws: Int32Array.from({ length: rows }, (_, row) => Math.floor(row / inputs)), own };
};

/**
 * @param answers - to the inputs of the walks, in their order [R]
 * @param answer - to the input explained
 */
export const attribute = ({ fields, orders }: Walks, answers: ArrayLike<number>, answer: number): Attribution => {
  const inputs = inputsOfDraw(fields);
  const sums = new Float64Array(fields);
  const squares = new Float64Array(fields);
  let base = 0;
  for (const [draw, order] of orders.entries()) {
    const start = draw * inputs;
    const reached = (walk: 0 | 1, step: number): number => {
      if (step === 0) return answers[start] as number;
      return step === fields ? answer : (answers[start + walk * (fields - 1) + step] as number);
    };
    base += reached(0, 0) / orders.length;
    for (const [place, field] of order.entries()) {
      const back = fields - 1 - place;
      const change = (reached(0, place + 1) - reached(0, place) + reached(1, back + 1) - reached(1, back)) / 2;
      sums[field] = (sums[field] as number) + change;
      squares[field] = (squares[field] as number) + change * change;
    }
  }
  return {
    base,
    contributions: Array.from(sums, (sum, field) => meanOf(sum, squares[field] as number, orders.length)),
  };
};

const meanOf = (sum: number, squares: number, draws: number): Contribution => {
  const contribution = sum / draws;
  // Rounding may leave a sum of squares a little short.
  const variance = Math.max(0, squares - sum * contribution) / (draws - 1);
  return { contribution, standardError: Math.sqrt(variance / draws) };
};
