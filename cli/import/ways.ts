import type { FoundCell } from './number-tally.ts';

/** What a column's cells say of two ways to read them, such as 12.500 as twelve and a half or as twelve thousand. */
export interface Ways<Way extends string> {
  /** Cells that each way understands. */
  readonly understood: Readonly<Record<Way, number>>;
  /** Cells that each way alone understands. */
  readonly alone: Readonly<Record<Way, number>>;
  /** The first cell that the ways understand differently. */
  readonly ambiguous?: FoundCell | undefined;
}

/** Counts the cells that two ways of reading understand. */
export class WaysTally<Way extends string> {
  readonly #ways: readonly [Way, Way];
  readonly #understood: Record<Way, number>;
  readonly #alone: Record<Way, number>;
  #ambiguous: FoundCell | undefined;

  constructor(ways: readonly [Way, Way]) {
    this.#ways = ways;
    const none = () => Object.fromEntries(ways.map((way) => [way, 0])) as Record<Way, number>;
    this.#understood = none();
    this.#alone = none();
  }

  /** @param values - what each way makes of the cell */
  take(found: FoundCell, values: readonly [unknown, unknown]): void {
    for (const [index, way] of this.#ways.entries()) {
      if (values[index] === undefined) continue;
      this.#understood[way] += 1;
      if (values[1 - index] === undefined) this.#alone[way] += 1;
    }
    const [one, other] = values;
    if (one !== undefined && other !== undefined && one !== other) this.#ambiguous ??= found;
  }

  get ways(): Ways<Way> {
    return { understood: this.#understood, alone: this.#alone, ambiguous: this.#ambiguous };
  }
}

/** Share of a column's values that have to be of a kind for the rest to be slips. */
const nearlyAllShare = 0.95;

export const nearlyAll = (count: number, known: number): boolean => known > 0 && count >= nearlyAllShare * known;

export interface ColumnWays<Way extends string> extends Ways<Way> {
  /** Cells that have a value. */
  readonly known: number;
}

/** The way that a column's own cells ask for; undefined where every cell can be read either way. */
export const ownWay = <Way extends string>({ understood, alone }: Ways<Way>): Way | undefined => {
  const [[one, first], [other, second]] = Object.entries(alone) as [[Way, number], [Way, number]];
  if (first === 0 && second === 0) return undefined;
  return understood[one] >= understood[other] ? one : other;
};

/** The way that most of the columns ask for that have nothing else in them; undefined where they ask for none. */
export const commonWay = <Way extends string>(columns: readonly ColumnWays<Way>[]): Way | undefined => {
  const asked = columns.flatMap((column) => {
    const way = ownWay(column);
    return way !== undefined && nearlyAll(column.understood[way], column.known) ? [way] : [];
  });
  const [first] = asked;
  const firsts = asked.filter((way) => way === first).length;
  if (firsts * 2 === asked.length) return undefined;
  return firsts * 2 > asked.length ? first : asked.find((way) => way !== first);
};

/**
 * The way to read a column.
 *
 * @param told - by a person: counts wherever it understands the column
 * @param usual - for a column that says nothing itself
 */
export const wayOf = <Way extends string>(column: ColumnWays<Way>, told: Way | undefined, usual: Way): Way => {
  if (told !== undefined && nearlyAll(column.understood[told], column.known)) return told;
  return ownWay(column) ?? usual;
};
