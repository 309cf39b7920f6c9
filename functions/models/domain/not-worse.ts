import { GateCheck, type GateFinding } from '../../../contracts/versions.ts';
import { type Compared, type Comparison, compare } from './comparison.ts';
import { type Group, leastGroup } from './groups.ts';

/** What a version is compared with. */
export interface AgainstChampion extends Compared {
  readonly version: string;
}

/** Below so many gold cases a comparison finds next to nothing. */
const leastGold = 20;
const groupsNamed = 5;

const noChampion = (check: GateCheck): GateFinding => ({
  check,
  passed: true,
  detail: 'there is no champion yet that it could be worse than',
});

const findingOf = (
  check: GateCheck,
  { version, labels, ...answers }: AgainstChampion,
  what: string,
  significance: number,
): GateFinding => {
  const { pValue, found, numbers } = compare({ labels, ...answers });
  const rows = labels.length;
  return {
    check,
    passed: pValue > significance,
    detail: `expected no evidence, at ${significance}, that it is worse than ${version} on the ${rows} ${what}; found ${found}`,
    numbers: { pValue, significance, rows, ...numbers },
  };
};

/** @param against - on the holdout; undefined where no version serves yet */
export const notWorseFinding = (against: AgainstChampion | undefined, significance: number): GateFinding =>
  against === undefined
    ? noChampion(GateCheck.NotWorse)
    : findingOf(GateCheck.NotWorse, against, 'cases of the holdout', significance);

/** @param against - on the gold cases; undefined where no version serves yet */
export const notWorseOnGoldFinding = (
  against: AgainstChampion | undefined,
  gold: number,
  significance: number,
): GateFinding => {
  const check = GateCheck.NotWorseOnGold;
  if (gold < leastGold) {
    const detail = `it is compared on gold cases from ${leastGold} on; there are ${gold}`;
    return { check, passed: true, detail, numbers: { rows: gold } };
  }
  return against === undefined ? noChampion(check) : findingOf(check, against, 'gold cases', significance);
};

interface Worse extends Comparison {
  readonly name: string;
  readonly cases: number;
}

const ofGroup = ({ labels, champion, challenger }: Compared, { name, rows }: Group): Worse => {
  const pick = <Item>(items: readonly Item[]): Item[] => rows.map((row) => items[row] as Item);
  const compared = { labels: pick(labels), champion: pick(champion), challenger: pick(challenger) };
  return { name, cases: rows.length, ...compare(compared) };
};

/**
 * A notice of classes and slices on which the version is worse than the champion. It keeps nobody out: with many groups
 * some is always worse, and people weigh that better than a test.
 *
 * @param against - on the holdout; undefined where no version serves yet
 * @param groups - of rows of the holdout
 */
export const slicesFinding = (
  against: AgainstChampion | undefined,
  groups: readonly Group[],
  significance: number,
): GateFinding => {
  const check = GateCheck.Slices;
  if (against === undefined) return noChampion(check);
  // Bonferroni: each group has its share of the significance.
  const worse = groups
    .map((group) => ofGroup(against, group))
    .filter(({ pValue }) => pValue <= significance / groups.length)
    .sort((one, other) => one.pValue - other.pValue);
  const named = worse.slice(0, groupsNamed).map(({ name, cases, found }) => `${name} (${cases} cases: ${found})`);
  return {
    check,
    passed: true,
    detail:
      worse.length === 0
        ? `no evidence, at ${significance} for all together, that it is worse than ${against.version} on one of the ` +
          `${groups.length} classes and slices with at least ${leastGroup} cases of the holdout`
        : `notice: it is worse than ${against.version} on ${worse.length} of ${groups.length} classes and slices: ` +
          named.join('; '),
    numbers: { groups: groups.length, worse: worse.length, significance },
  };
};
