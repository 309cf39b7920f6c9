import type { Random } from './random.ts';

/** Made-up identifiers of a made-up person: what must never be found behind the door. */
export interface Person {
  readonly name: string;
  readonly recordNumber: string;
  readonly birthDate: string;
  readonly postcode: string;
}

const syllables = [
  'ba',
  'den',
  'fol',
  'gri',
  'hu',
  'kam',
  'lor',
  'mez',
  'nu',
  'pol',
  'qua',
  'rin',
  'sev',
  'tof',
  'wex',
  'zan',
];
const digits = (random: Random, count: number): string =>
  Array.from({ length: count }, () => random.below(10)).join('');
const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const word = (random: Random, length: number): string =>
  capitalised(Array.from({ length }, () => random.pick(syllables)).join(''));

/** Draws a person; the record number is unique within a run, the rest almost surely. */
export const drawPerson = (random: Random, number: number): Person => {
  const date = new Date(Date.UTC(1930 + random.below(75), random.below(12), 1 + random.below(28)));
  return {
    name: `${word(random, 3)} ${word(random, 4)}`,
    recordNumber: `MRN-${digits(random, 6)}-${String(number).padStart(6, '0')}`,
    birthDate: date.toISOString().slice(0, 10),
    postcode: String(10_000 + random.below(89_000)),
  };
};

/**
 * What to look for in everything that the platform keeps. A bare postcode is five digits, which numbers
 * contain by chance; so it counts only where no letter, digit, point or dash stands beside it.
 */
export const identifierPatterns = (people: readonly Person[]): { exact: Set<string>; postcodes: Set<string> } => ({
  exact: new Set(people.flatMap(({ name, recordNumber, birthDate }) => [name, recordNumber, birthDate])),
  postcodes: new Set(people.map(({ postcode }) => postcode)),
});
