import type { LabelValue } from '../../../../contracts/cases.ts';
import type { ModelSchema } from '../../../../contracts/model.ts';
import { type Finding, FindingKind, Severity } from '../../../../contracts/suggestions.ts';
import type { Observation } from './observation.ts';

/** What is wrong with the cases as a whole. */

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
const percent = (share: number): string => `${rounded(share * 100)}%`;

/** What makes two inputs the same. */
const keyOf = ({ input }: Observation): string =>
  JSON.stringify(Object.entries(input).sort(([a], [b]) => (a < b ? -1 : 1)));

const finding = (kind: FindingKind, severity: Severity, detail: string, numbers: Finding['numbers']): Finding => ({
  kind,
  severity,
  detail,
  numbers,
});

/** Inputs that come several times: with the same label, with different ones, and on both sides of the split. */
export const findRepetitions = (train: readonly Observation[], holdout: readonly Observation[]): Finding[] => {
  const groups = Map.groupBy(train, keyOf);
  const repeated = [...groups.values()].filter((group) => group.length > 1);
  const extra = repeated.reduce((sum, group) => sum + group.length - 1, 0);
  const conflicting = repeated.filter((group) => new Set(group.map(({ label }) => label)).size > 1);
  const inConflict = conflicting.reduce((sum, group) => sum + group.length, 0);
  const across = holdout.filter((row) => groups.has(keyOf(row))).length;
  return [
    ...(extra > 0
      ? [
          finding(
            FindingKind.Duplicates,
            extra >= 0.05 * train.length ? Severity.Warning : Severity.Note,
            `${extra} of ${train.length} cases have an input that came before. If one observation was sent twice, scores are too good: send each once, or name its subject.`,
            { extra, cases: train.length },
          ),
        ]
      : []),
    ...(conflicting.length > 0
      ? [
          finding(
            FindingKind.ConflictingLabels,
            inConflict >= 0.05 * train.length ? Severity.Warning : Severity.Note,
            `${inConflict} cases share their input with a case of another label. No model can be right on all of them; look at what tells them apart.`,
            { inputs: conflicting.length, cases: inConflict },
          ),
        ]
      : []),
    ...(across >= 0.05 * holdout.length && across > 0
      ? [
          finding(
            FindingKind.AcrossTheSplit,
            Severity.Warning,
            `${across} of ${holdout.length} held-out cases have an input that is trained on too. Name the subject of each case, so that one person's cases stay on one side.`,
            { across, holdout: holdout.length },
          ),
        ]
      : []),
  ];
};

const fewCases = 50;
const fewOfClass = 20;
const casesPerField = 10;
/** Of an equal share of the cases; below it a class is rare. */
const rareShare = 0.2;
const mostNames = 5;

const listed = (names: readonly (string | number)[]): string =>
  names.slice(0, mostNames).join(', ') + (names.length > mostNames ? ` and ${names.length - mostNames} more` : '');

/** Classes with their cases, the rarest first. */
type ClassCounts = readonly (readonly [LabelValue, number])[];

const findFewOfClasses = (present: ClassCounts): Finding[] => {
  const few = present.filter(([, cases]) => cases < fewOfClass);
  const [rarest] = few;
  if (rarest === undefined) return [];
  const counted = few.map(([name, cases]) => `${name} (${cases})`);
  return [
    finding(
      FindingKind.TooFewCases,
      rarest[1] < 5 ? Severity.Error : Severity.Warning,
      few.length === 1
        ? `The class ${rarest[0]} has ${rarest[1]} training cases. Below ${fewOfClass} its scores are chance: send more of it.`
        : `${few.length} classes have few training cases: ${listed(counted)}. Below ${fewOfClass} their scores are chance: send more of them.`,
      { cases: rarest[1], classes: few.length },
    ),
  ];
};

const findImbalance = (present: ClassCounts, cases: number): Finding[] => {
  const rare = present.filter(([, count]) => count / cases < rareShare / present.length);
  const [rarest, most] = [rare[0], present.at(-1)];
  if (rarest === undefined || most === undefined) return [];
  const shareOf = (count: number): string => percent(count / cases);
  const which =
    present.length === 2
      ? `Only ${shareOf(rarest[1])} of the cases are ${rarest[0]}.`
      : `${rare.length} of ${present.length} classes ${rare.length === 1 ? 'is' : 'are'} rare: ${listed(rare.map(([name, count]) => `${name} (${shareOf(count)})`))}.`;
  return [
    finding(
      FindingKind.Imbalance,
      Severity.Warning,
      `${which} Accuracy is ${shareOf(most[1])} without any model: choose by balanced-accuracy, in which each class counts alike, and tune the threshold.`,
      { share: rounded(rarest[1] / cases), classes: rare.length },
    ),
  ];
};

const findClassFaults = (classes: readonly string[], train: readonly Observation[]): Finding[] => {
  const counts = new Map<LabelValue, number>();
  for (const { label } of train) counts.set(label, (counts.get(label) ?? 0) + 1);
  const present = [...counts].sort(([, a], [, b]) => a - b);
  const [only, ...others] = present;
  if (only !== undefined && others.length === 0) {
    return [
      finding(
        FindingKind.OneClass,
        Severity.Error,
        `All ${train.length} cases have the label ${only[0]}. There is nothing to tell apart: send validated cases of another class.`,
        { classes: 1 },
      ),
    ];
  }
  const absent = classes.filter((name) => !counts.has(name));
  return [
    ...(absent.length > 0
      ? [
          finding(
            FindingKind.MissingClass,
            Severity.Warning,
            `No case has the label ${listed(absent)}: such a class is never predicted. Send cases of it, or leave it out of the schema.`,
            { classes: absent.length },
          ),
        ]
      : []),
    ...findFewOfClasses(present),
    ...findImbalance(present, train.length),
  ];
};

/** Too few, one class, classes without a case, imbalance. */
export const findShortages = (schema: ModelSchema, train: readonly Observation[], fields: number): Finding[] => [
  ...(train.length < fewCases
    ? [
        finding(
          FindingKind.TooFewCases,
          train.length < 20 ? Severity.Error : Severity.Warning,
          `There are ${train.length} training cases. Below ${fewCases} no score can be trusted: send more.`,
          { cases: train.length },
        ),
      ]
    : []),
  ...(train.length >= fewCases && train.length < casesPerField * fields
    ? [
        finding(
          FindingKind.TooFewCases,
          Severity.Note,
          `There are ${train.length} training cases for ${fields} fields. With fewer than ${casesPerField} a field, simple models do best.`,
          { cases: train.length, fields },
        ),
      ]
    : []),
  ...(schema.label.type === 'category' ? findClassFaults(schema.label.classes, train) : []),
  ...(schema.label.type === 'number' && new Set(train.map(({ label }) => label)).size === 1
    ? [
        finding(
          FindingKind.OneClass,
          Severity.Error,
          `All ${train.length} cases have the label ${train[0]?.label}. There is nothing to learn: send cases with other labels.`,
          { classes: 1 },
        ),
      ]
    : []),
];

/** Subjects with several cases. */
export const findGroups = (train: readonly Observation[]): Finding[] => {
  const subjects = new Set(train.flatMap(({ subject }) => subject ?? []));
  const named = train.filter(({ subject }) => subject !== null).length;
  if (named < train.length / 2 || subjects.size > 0.9 * named) return [];
  return [
    finding(
      FindingKind.Groups,
      Severity.Note,
      `${named} cases are of ${subjects.size} subjects. Folds and the holdout keep each subject on one side, so scores are those of new subjects.`,
      { cases: named, subjects: subjects.size },
    ),
  ];
};

/** Standard errors of a difference that are no chance. */
const noChance = 4;

/** Compares the label of the earliest quarter with that of the latest, by `order` (any number that grows with time). */
export const findDrift = (
  train: readonly Observation[],
  order: readonly (number | undefined)[],
  by: string,
): Finding[] => {
  const known = train.flatMap(({ label }, index) =>
    order[index] === undefined ? [] : [{ label, at: order[index] as number }],
  );
  const quarter = Math.floor(known.length / 4);
  if (quarter < 30 || new Set(known.map(({ at }) => at)).size < 8) return [];
  const sorted = known.sort((a, b) => a.at - b.at);
  const [first, last] = [sorted.slice(0, quarter), sorted.slice(-quarter)];
  const majority = [...Map.groupBy(known, ({ label }) => label)].sort(([, a], [, b]) => b.length - a.length)[0]?.[0];
  const numberOf = ({ label }: { label: LabelValue }): number =>
    typeof label === 'number' ? label : Number(label === majority);
  const meanOf = (rows: typeof known): number => rows.reduce((sum, row) => sum + numberOf(row), 0) / rows.length;
  const varianceOf = (rows: typeof known): number => {
    const centre = meanOf(rows);
    return rows.reduce((sum, row) => sum + (numberOf(row) - centre) ** 2, 0) / (rows.length - 1);
  };
  const [before, after] = [meanOf(first), meanOf(last)];
  const error = Math.sqrt((varianceOf(first) + varianceOf(last)) / quarter);
  if (!(Math.abs(after - before) > noChance * error)) return [];
  const what = typeof majority === 'number' ? 'The mean label' : `The share of ${majority}`;
  return [
    finding(
      FindingKind.Drift,
      Severity.Note,
      `${what} went from ${rounded(before)} in the earliest quarter by ${by} to ${rounded(after)} in the latest. Validate in the order of time.`,
      { before: rounded(before), after: rounded(after) },
    ),
  ];
};
