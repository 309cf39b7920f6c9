/** Names of fields, which begin with a letter of A to Z and have 64 characters at most. */

const longest = 64;
/** Room for a number behind it. */
const longestBase = 60;
const fallback = 'field';

/** What is left of a column's name; several columns may share it. */
const baseOf = (column: string): string => {
  const cleaned = column
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9_-]+/g, '_')
    .replaceAll(/^[^A-Za-z]+|_+$/g, '')
    .slice(0, longestBase);
  if (cleaned !== '') return cleaned;
  return /^\d+$/.test(column) ? `${fallback}_${column}`.slice(0, longestBase) : fallback;
};

const numbered = (base: string, number: number): string => {
  const suffix = `_${number}`;
  return `${base.slice(0, longest - suffix.length)}${suffix}`;
};

/**
 * A name for the field of each column, the same whenever a file with these columns comes. Columns with the same name are
 * numbered in their order; no number makes a name that another column has by itself.
 */
export const nameFields = (columns: readonly string[]): ReadonlyMap<string, string> => {
  const bases = columns.map(baseOf);
  const own = new Set(bases);
  const taken = new Set<string>();
  const last = new Map<string, number>();
  return new Map(
    columns.map((column, index) => {
      const base = bases[index] ?? fallback;
      let name = base;
      for (let number = (last.get(base) ?? 1) + 1; taken.has(name); number += 1) {
        const next = numbered(base, number);
        if (own.has(next) || taken.has(next)) continue;
        name = next;
        last.set(base, number);
      }
      taken.add(name);
      return [column, name];
    }),
  );
};
