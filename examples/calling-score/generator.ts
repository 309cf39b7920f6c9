import { type Feature, features, type Trait, traits } from './features.ts';

/** A source of numbers, uniform in [0, 1). Seed it, and everything drawn here can be drawn again. */
export type Uniform = () => number;

/** Somebody who does not exist: the 30 measurements by name. */
export type Person = Readonly<Record<string, number>>;

/** Of two measurements of the same trait. */
const correlation = 0.15;
const perTrait = features.length / traits.length;
/** Standard deviation, over people, of the mean of a trait's standardised measurements. */
const traitSpread = Math.sqrt(correlation + (1 - correlation) / perTrait);

/** Standard normal; one of the two that the Box–Muller transform gives. */
const normal = (uniform: Uniform): number =>
  Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());

const exponential = (uniform: Uniform, mean: number): number => -mean * Math.log(1 - uniform());

const measure = ({ sign, mean, spread, minimum, maximum }: Feature, standardised: number): number => {
  const value = Math.min(maximum, Math.max(minimum, mean + sign * spread * standardised));
  return Math.round(value * 1000) / 1000;
};

/** Draws a person: six hidden traits, and five noisy measurements of each. */
export const drawPerson = (uniform: Uniform): Person => {
  const hidden = Object.fromEntries(traits.map((trait) => [trait, normal(uniform)])) as Record<Trait, number>;
  return Object.fromEntries(
    features.map((feature) => {
      const own = Math.sqrt(1 - correlation) * normal(uniform);
      return [feature.name, measure(feature, Math.sqrt(correlation) * hidden[feature.trait] + own)];
    }),
  );
};

/** The mean of a trait's standardised measurements: about standard normal over people. */
const strengthOf = (person: Person, trait: Trait): number => {
  const standardised = features
    .filter((feature) => feature.trait === trait)
    .map(({ name, sign, mean, spread }) => (sign * ((person[name] ?? Number.NaN) - mean)) / spread);
  return standardised.reduce((sum, value) => sum + value, 0) / perTrait / traitSpread;
};

/**
 * The true chance p* that a call to this person has a positive outcome, in (0, 1); NaN where a measurement is missing.
 * It is a function of the 30 measurements, so a model can come to know it; its products of traits are beyond a linear one.
 */
export const trueChance = (person: Person): number => {
  const strength = (trait: Trait): number => strengthOf(person, trait);
  const logit =
    5 *
    (-0.2 +
      0.3 * strength('interest') -
      0.2 * strength('burden') -
      strength('reach') * strength('pressure') +
      0.8 * strength('experience') * strength('familiarity'));
  return 1 / (1 + Math.exp(-logit));
};

/** What came of a call, and when that is known. */
export interface CallOutcome {
  readonly positive: boolean;
  /** Until the outcome is known, in label windows: 1 is the age at which rewards are counted. */
  readonly delay: number;
}

/**
 * Calls a person. Good news comes soon; that nobody responds is known only after further attempts, and for one in fifty
 * of those it comes too late to count.
 */
export const call = (uniform: Uniform, person: Person): CallOutcome => {
  const positive = uniform() < trueChance(person);
  return { positive, delay: positive ? exponential(uniform, 0.15) : 0.2 + exponential(uniform, 0.2) };
};
