/** O'Brien and Fleming's group-sequential test, whose looks are fixed before the first outcome. */
import { normalDistribution } from './normal.ts';
import { type Boundary, excessOf, type Question, separateVariance } from './question.ts';

const ALPHA = 0.05;
const POINTS = 200;
const BISECTIONS = 20;

/** What one look tells: its share of the whole information, in (0, 1], ascending to 1. */
export type InformationFractions = readonly number[];

const density = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);

/**
 * Probability that a Brownian motion on [0, 1] is at or above `level` at one of the looks.
 * Source: Armitage, McPherson and Rowe (1969), Repeated significance tests on accumulating data: the density of paths
 * that have not crossed is carried from look to look by numerical integration.
 */
const crossingProbability = (fractions: InformationFractions, level: number): number => {
  const lowest = -6;
  const step = (level - lowest) / POINTS;
  const points = Array.from({ length: POINTS }, (_, index) => lowest + (index + 0.5) * step);
  const [first = 1, ...later] = fractions;
  let deviation = Math.sqrt(first);
  let crossed = 1 - normalDistribution(level / deviation);
  let paths = points.map((point) => (density(point / deviation) / deviation) * step);
  let before = first;
  for (const fraction of later) {
    deviation = Math.sqrt(fraction - before);
    before = fraction;
    const beyond = paths.map(
      (mass, index) => mass * (1 - normalDistribution((level - (points[index] ?? 0)) / deviation)),
    );
    crossed += beyond.reduce((sum, mass) => sum + mass, 0);
    paths = points.map((point) =>
      paths.reduce(
        (sum, mass, index) => sum + (mass * density((point - (points[index] ?? 0)) / deviation) * step) / deviation,
        0,
      ),
    );
  }
  return crossed;
};

/** A level takes a third of a second, and each thread asks for the same few again and again. */
const levels = new Map<string, number>();

const knownLevel = (fractions: InformationFractions): number => {
  const key = fractions.join();
  const level = levels.get(key) ?? obrienFlemingLevel(fractions);
  levels.set(key, level);
  return level;
};

/** The level c that a Brownian motion crosses at the looks with 5%: at a look with fraction t, z ≥ c/√t decides. */
const obrienFlemingLevel = (fractions: InformationFractions): number => {
  let [low, high] = [1, 4];
  for (let round = 0; round < BISECTIONS; round += 1) {
    const middle = (low + high) / 2;
    if (crossingProbability(fractions, middle) > ALPHA) low = middle;
    else high = middle;
  }
  return high;
};

/**
 * One-sided at 5%. Looked at when the outcomes of both arms together reach one of the planned sizes, never between.
 * Source: O'Brien and Fleming (1979), A multiple testing procedure for clinical trials.
 */
export const groupSequential = (
  question: Question,
  fractions: InformationFractions,
  outcomesBetweenLooks: number,
): Boundary => {
  const level = knownLevel(fractions);
  const critical = fractions.map((fraction) => level / Math.sqrt(fraction));
  return (tally) => {
    const look = (tally.champion.outcomes + tally.challenger.outcomes) / outcomesBetweenLooks - 1;
    const variance = separateVariance(tally);
    return (
      variance > 0 && excessOf(tally, question) >= (critical[look] ?? Number.POSITIVE_INFINITY) * Math.sqrt(variance)
    );
  };
};
