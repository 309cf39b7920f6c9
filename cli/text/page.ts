/** What lists have in common. */
import { columns } from './columns.ts';

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor?: string | undefined;
}

const longestCell = 60;

/** A text that must not widen its column without end. */
export const shortened = (text: string): string =>
  text.length > longestCell ? `${text.slice(0, longestCell - 1)}…` : text;

/** A time to the minute. */
export const minute = (at: string): string => at.slice(0, 16).replace('T', ' ');

/** How to see what is on the next page. */
export const olderLine = (nextCursor: string | undefined): string[] =>
  nextCursor === undefined ? [] : [`… older ones: --cursor ${nextCursor}`];

/** Breaks a text between words into lines of at most `width` characters, save words that are longer. */
const wrap = (text: string, width: number): string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
};

const sentenceWidth = 76;

/** Sets rows whose last cell holds sentences: these go on below themselves. */
export const columnsOfSentences = (rows: readonly (readonly string[])[]): string =>
  columns(
    rows.flatMap((cells) => {
      const before = cells.slice(0, -1);
      const [first = '', ...others] = wrap(cells.at(-1) ?? '', sentenceWidth);
      return [[...before, first], ...others.map((line) => [...before.map(() => ''), line])];
    }),
  );
