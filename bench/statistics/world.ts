import type { Random } from './random.ts';
import { meansOf, outcomesPerUser, type Scenario, stageShares } from './scenario.ts';

/** The outcomes of one simulated rollout in the order of their predictions. Columns, filled from the front. */
export interface Outcomes {
  /** 1 where the challenger answered. */
  readonly challenger: Uint8Array;
  /** Stage of the ramp at assignment. */
  readonly stage: Uint8Array;
  /** In [0, 1]. */
  readonly value: Float64Array;
  /** Uniform in [0, 1), a hash's place: rounds a score to the grid. */
  readonly rounding: Float64Array;
  /** Until the label is there, in outcomes. */
  readonly delay: Float64Array;
}

export interface World {
  readonly outcomes: Outcomes;
  /** Draws the outcomes from one position to below another, all of one stage. */
  readonly draw: (random: Random, from: number, to: number, stage: number) => void;
}

type Draw = (random: Random, mean: number, position: number) => number;

const drawBinary: Draw = ({ uniform }, mean) => (uniform() < mean ? 1 : 0);

/** Standard deviation 0.10 by the sum of the shapes, m(1 − m)/0.01 − 1. */
const drawScore: Draw = ({ beta }, mean) => {
  const shapes = (mean * (1 - mean)) / 0.01 - 1;
  return beta(mean * shapes, (1 - mean) * shapes);
};

/** Sum of the Beta shapes of a user's mean: correlation 1/(sum + 1) = 0.2 within users. */
const USER_SHAPES = 4;

/** A Pólya urn: outcomes of one user, without drawing the user's mean. */
const createUserDraw = (): Draw => {
  let successes = 0;
  return ({ uniform }, mean, position) => {
    const before = position % outcomesPerUser;
    if (before === 0) successes = 0;
    const value = uniform() < (USER_SHAPES * mean + successes) / (USER_SHAPES + before) ? 1 : 0;
    successes += value;
    return value;
  };
};

/** Columns for one thread, written anew by each rollout. */
export const createWorld = (scenario: Scenario): World => {
  const { horizon, values, delays } = scenario;
  const outcomes: Outcomes = {
    challenger: new Uint8Array(horizon),
    stage: new Uint8Array(horizon),
    value: new Float64Array(horizon),
    rounding: new Float64Array(horizon),
    delay: new Float64Array(horizon),
  };
  const means = [meansOf(scenario.champion, horizon), meansOf(scenario.challenger, horizon)] as const;
  const drawValue = { binary: drawBinary, score: drawScore, user: createUserDraw() }[values];
  const assignedTogether = values === 'user' ? outcomesPerUser : 1;
  const drawArm = ({ uniform }: Random, position: number, stage: number): 0 | 1 => {
    const isOfSameUser = position % assignedTogether !== 0;
    if (isOfSameUser) return outcomes.challenger[position - 1] === 1 ? 1 : 0;
    return uniform() < (stageShares[stage] ?? 0) ? 1 : 0;
  };
  return {
    outcomes,
    draw: (random, from, to, stage) => {
      for (let position = from; position < to; position += 1) {
        const arm = drawArm(random, position, stage);
        const value = drawValue(random, means[arm][position] as number, position);
        outcomes.challenger[position] = arm;
        outcomes.stage[position] = stage;
        outcomes.value[position] = value;
        if (values !== 'binary') outcomes.rounding[position] = random.uniform();
        if (delays) outcomes.delay[position] = random.exponential(value === 1 ? delays.success : delays.failure);
      }
    },
  };
};
