import { Arm } from '../../../contracts/inference.ts';
import type { Route } from '../../../contracts/route-item.ts';
import { wholeWeight } from '../../../contracts/weight.ts';

const offsetBasis = 0x811c9dc5;
const prime = 0x01000193;

/** FNV-1a, 32 bits, over UTF-16 code units (Fowler, Noll, Vo), going on from `state`. */
const fnv1a = (text: string, state: number): number => {
  let hash = state;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), prime);
  return hash;
};

/** The finaliser of MurmurHash3: FNV alone lets neighbouring ids fall in a regular pattern. */
const mix = (hash: number): number => {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
};

/**
 * A subject's place among 10,000, the same at every call. The salt is the rollout's, so that each rollout draws anew.
 *
 * @returns a whole number, 0 to 9,999
 */
export const placeOf = (salt: string, subject: string): number =>
  mix(fnv1a(subject, fnv1a('#', fnv1a(salt, offsetBasis)))) % wholeWeight;

/**
 * The arm of a request: the challenger's where the place is below its weight, so that a subject keeps the challenger
 * while the weight grows.
 *
 * @param subject - whose requests all go to one arm; undefined: each request is drawn by itself
 * @param random - uniform in [0, 1)
 */
export const armOf = (
  { challenger, weight, salt }: Pick<Route, 'challenger' | 'weight' | 'salt'>,
  subject: string | undefined,
  random: () => number,
): Arm => {
  if (challenger === undefined || weight === 0) return Arm.Champion;
  const place = subject === undefined ? Math.floor(random() * wholeWeight) : placeOf(salt, subject);
  return place < weight ? Arm.Challenger : Arm.Champion;
};
