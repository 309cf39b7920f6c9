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
    postcode: `${digits(random, 5)}-${digits(random, 4)}`,
  };
};

/** What to look for in everything that the platform keeps. */
export const identifiersOf = (people: readonly Person[]): Set<string> =>
  new Set(people.flatMap((person) => Object.values(person) as string[]));

/** The shapes that identifiers have, each capture one candidate. The look-ahead lets them overlap: of three words, two pairs are tried. */
const shapes =
  /(?=(MRN-\d{6}-\d{6}|(?<![\w-])\d{4}-\d{2}-\d{2}|(?<![\w-])\d{5}-\d{4}(?![\w-])|\b[A-Z][a-z]+ [A-Z][a-z]+))/g;

/** @returns the identifiers that the text holds */
export const identifiersIn = (text: string, identifiers: ReadonlySet<string>): string[] =>
  [...text.matchAll(shapes)].map(([, candidate = '']) => candidate).filter((candidate) => identifiers.has(candidate));
