import type { LabelValue } from '../../../../contracts/cases.ts';
import { foldedText } from '../../../../contracts/feature-values.ts';
import type { Bin, Bins, Halves } from './strength.ts';

/**
 * How well a text's words tell the label: the few words and pairs of words that tell most are learnt on one half of the
 * cases, and those of the other half are put into bins by the first of them that they hold.
 */

/** As trainings split them: terms.py of the training container. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: what separates words
const word = /[^\x00-\x2f\x3a-\x60\x7b-\x7f]+/g;
/** What is looked at of a text. */
const mostCharacters = 2000;
/** Texts of a half that are learnt from, shared among the fields: a second or two for all of them. */
const mostTexts = 1000;
const fewestLearnt = 100;
/** A term of fewer texts may tell by chance. */
const fewestTexts = 5;
const mostCandidates = 200;
/** Of two classes; of more a term for each, within bounds. */
const usualTerms = 4;
const mostTerms = 8;

const wordsOf = (value: unknown): readonly string[] =>
  foldedText(typeof value === 'string' ? value.slice(0, mostCharacters) : value)?.match(word) ?? [];

const termsOf = (words: readonly string[]): Set<string> =>
  new Set([...words, ...words.slice(1).map((next, index) => `${words[index]} ${next}`)]);

/** A text's terms, and what they are to tell: how much of each key. */
interface Lesson {
  readonly terms: ReadonlySet<string>;
  readonly key: LabelValue;
  readonly amount: number;
}

interface Sums {
  cases: number;
  readonly amounts: Map<LabelValue, number>;
}

const add = (sums: Sums, { key, amount }: Lesson): Sums => {
  sums.cases += 1;
  sums.amounts.set(key, (sums.amounts.get(key) ?? 0) + amount);
  return sums;
};

const sumOf = (lessons: readonly Lesson[]): Sums =>
  lessons.reduce((sums, lesson) => add(sums, lesson), { cases: 0, amounts: new Map() });

/** By how much the variance becomes less, of classes the Gini impurity, where cases with a term are told from the rest. */
const gainOf = (held: Sums, all: Sums): number => {
  const rest = all.cases - held.cases;
  if (rest === 0) return 0;
  const squares = [...all.amounts].map(([key, total]) => {
    const amount = held.amounts.get(key) ?? 0;
    return (amount / held.cases - (total - amount) / rest) ** 2;
  });
  return (held.cases * rest * squares.reduce((sum, square) => sum + square, 0)) / all.cases ** 2;
};

/** Terms by how much they tell, the most telling first. */
const rank = (lessons: readonly Lesson[]): string[] => {
  const all = sumOf(lessons);
  const held = new Map<string, Sums>();
  for (const lesson of lessons) {
    for (const term of lesson.terms) held.set(term, add(held.get(term) ?? { cases: 0, amounts: new Map() }, lesson));
  }
  return [...held]
    .filter(([, { cases }]) => cases >= fewestTexts)
    .map(([term, sums]) => ({ term, gain: gainOf(sums, all) }))
    .filter(({ gain }) => gain > 0)
    .sort((a, b) => b.gain - a.gain)
    .slice(0, mostCandidates)
    .map(({ term }) => term);
};

/** The term that tells most, then that which tells most of the texts without it, and so on. */
const learn = (lessons: readonly Lesson[]): string[] => {
  const candidates = new Set(rank(lessons));
  let left = lessons.map(({ terms, ...told }): Lesson => ({ ...told, terms: terms.intersection(candidates) }));
  const keys = new Set(lessons.map(({ key }) => key)).size;
  const wanted = Math.min(mostTerms, Math.max(usualTerms, keys));
  const chosen: string[] = [];
  while (chosen.length < wanted) {
    const [best] = rank(left);
    if (best === undefined) break;
    chosen.push(best);
    left = left.filter(({ terms }) => !terms.has(best));
  }
  return chosen;
};

/** Each text's bin, and the terms that make the bins. */
export interface TermBins {
  readonly bins: Bins;
  readonly terms: readonly string[];
}

/** Some of many, evenly: labels may come in turn. */
const thinned = <Item>(items: readonly Item[], most: number): Item[] => {
  const step = Math.ceil(items.length / most);
  return items.filter((_, index) => index % step === 0);
};

/**
 * @param values - texts; anything else is missing, a bin of its own
 * @param fields - that are texts
 */
export const termBins = (
  values: readonly unknown[],
  halves: Halves,
  labels: readonly LabelValue[],
  fields: number,
): TermBins => {
  const most = Math.max(fewestLearnt, Math.floor(mostTexts / fields));
  const numbers = labels.filter((label) => typeof label === 'number');
  const centre = numbers.reduce((sum, label) => sum + label, 0) / Math.max(1, numbers.length);
  const words = values.map(wordsOf);
  const learnt = [0, 1].map((half) => {
    const places = [...words.keys()].filter((place) => halves[place] === half && typeof values[place] === 'string');
    return learn(
      thinned(places, most).map((place) => {
        const label = labels[place] as LabelValue;
        const told = typeof label === 'number' ? { key: '', amount: label - centre } : { key: label, amount: 1 };
        return { terms: termsOf(words[place] ?? []), ...told };
      }),
    );
  });
  const texts = words.map((each) => ` ${each.join(' ')} `);
  const binOf = (place: number, half: number): Bin =>
    typeof values[place] === 'string'
      ? (learnt[half]?.findIndex((term) => texts[place]?.includes(` ${term} `)) ?? -1)
      : 'missing';
  return {
    bins: {
      learnt: values.map((_, place) => binOf(place, halves[place] as number)),
      judged: values.map((_, place) => binOf(place, 1 - (halves[place] as number))),
    },
    terms: learnt[0] ?? [],
  };
};

const oneWord = /^[!-~]+$/;

/** Whether texts are names rather than sentences: one word each. */
export const areNames = (values: readonly unknown[]): boolean => {
  const texts = values.filter((value) => typeof value === 'string');
  return texts.length > 0 && texts.filter((text) => oneWord.test(text)).length >= 0.95 * texts.length;
};
