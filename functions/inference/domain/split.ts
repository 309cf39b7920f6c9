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
 * The version that a request asks. The challenger's places come first, then those of each rival: a subject that is the
 * challenger's stays so while the challenger's weight grows, whatever the rivals have.
 *
 * @param subject - whose requests all ask one version; undefined: each request is drawn by itself
 * @param random - uniform in [0, 1)
 * @returns 0 for the challenger, 1 and 2 for its rivals in the route's order; undefined: the champion
 */
export const challengerAsked = (
  { challenger, weight, rivals, salt }: Pick<Route, 'challenger' | 'weight' | 'rivals' | 'salt'>,
  subject: string | undefined,
  random: () => number,
): number | undefined => {
  if (challenger === undefined || (weight === 0 && rivals === undefined)) return undefined;
  const place = subject === undefined ? Math.floor(random() * wholeWeight) : placeOf(salt, subject);
  if (place < weight) return 0;
  let end = weight;
  const index = rivals?.findIndex((rival) => {
    end += rival.weight;
    return place < end;
  });
  return index === undefined || index < 0 ? undefined : index + 1;
};
