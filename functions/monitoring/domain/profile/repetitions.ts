import type { FieldValue, LabelValue } from '../../../../contracts/cases.ts';
import type { ModelSchema } from '../../../../contracts/model.ts';
import { type DistinctSample, distinctSample } from './distinct-sample.ts';
import { hashing } from './hash.ts';
import { type KeyFields, keyFieldsOf, roundedTo } from './key-fields.ts';
import type { Observation } from './observation.ts';

/** How often an input comes again, among all cases. */

export type Side = 'train' | 'holdout';

/** Cases whose input came before. Of very many inputs these are estimated from an even share of them. */
export interface Repetitions {
  /** Training cases beyond the first of their input. */
  readonly extra: number;
  /** Inputs with several labels, and their training cases. */
  readonly conflicting: number;
  readonly inConflict: number;
  /** Held-out cases whose input is trained on too. */
  readonly across: number;
  /** Training cases beyond the first of those that are nearly, and not quite, the same. */
  readonly nearly: number;
  /** Whether there were so many inputs that these are estimates. */
  readonly isEstimate: boolean;
  /** Fields that were not looked at, as they differ from case to case. */
  readonly leftOut: readonly string[];
}

interface Met {
  train: number;
  holdout: number;
  label: LabelValue | undefined;
  conflicting: boolean;
}

type Inputs = DistinctSample<Met>;

/** Cases by which it is decided what makes two the same. */
const firstCases = 5000;
/** Inputs that are kept to find those that are nearly the same: shares of them are told less exactly. */
const mostAlike = 50_000;

const inputsMet = (most?: number): Inputs =>
  distinctSample<Met>(() => ({ train: 0, holdout: 0, label: undefined, conflicting: false }), most);

const sumsOf = (inputs: Inputs): Omit<Repetitions, 'nearly' | 'isEstimate' | 'leftOut'> => {
  const weight = inputs.weight();
  const sums = { extra: 0, conflicting: 0, inConflict: 0, across: 0 };
  for (const { train, holdout, conflicting } of inputs.kept()) {
    sums.extra += weight * Math.max(0, train - 1);
    sums.conflicting += conflicting ? weight : 0;
    sums.inConflict += conflicting ? weight * train : 0;
    sums.across += train > 0 ? weight * holdout : 0;
  }
  return sums;
};

const add = (met: Met | undefined, side: Side, label: LabelValue): void => {
  if (met === undefined) return;
  met[side] += 1;
  if (side === 'holdout') return;
  met.conflicting ||= met.label !== undefined && met.label !== label;
  met.label = label;
};

/**
 * Counts repeated inputs as cases stream by. The first cases wait until it is known what makes two the same.
 *
 * @param of - how many there will be
 */
export const countingRepetitions = (schema: ModelSchema, of: number) => {
  const hash = hashing();
  const [same, alike] = [inputsMet(), inputsMet(mostAlike)];
  const waiting: [side: Side, row: Observation][] = [];
  let key: KeyFields | undefined;
  const meet = ({ fields, steps }: KeyFields, side: Side, { input, label }: Observation): void => {
    const values = fields.map((name): FieldValue => (Object.hasOwn(input, name) ? (input[name] ?? null) : null));
    add(same.of(hash(values)), side, label);
    if (steps === undefined) return;
    add(alike.of(hash(values.map((value, index) => roundedTo(steps[index], value)))), side, label);
  };
  const decide = (): KeyFields => {
    const rows = waiting.map(([, row]) => row);
    const decided = keyFieldsOf(schema, rows, of);
    for (const [side, row] of waiting) meet(decided, side, row);
    waiting.length = 0;
    return decided;
  };
  return {
    count: (side: Side, row: Observation): void => {
      if (key !== undefined) meet(key, side, row);
      else if (waiting.push([side, row]) === firstCases) key = decide();
    },
    take: (): Repetitions => {
      key ??= decide();
      const sums = sumsOf(same);
      const nearly = key.steps === undefined ? 0 : Math.max(0, sumsOf(alike).extra - sums.extra);
      return { ...sums, nearly, isEstimate: same.weight() > 1, leftOut: key.leftOut };
    },
  };
};
