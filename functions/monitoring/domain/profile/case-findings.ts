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
const strongImbalance = 0.1;

const findClassFaults = (classes: readonly string[], train: readonly Observation[]): Finding[] => {
  const counts = new Map<LabelValue, number>();
  for (const { label } of train) counts.set(label, (counts.get(label) ?? 0) + 1);
  const present = [...counts].sort(([, a], [, b]) => a - b);
  const [rarest] = present;
  if (rarest === undefined) return [];
  if (present.length === 1) {
    return [
      finding(
        FindingKind.OneClass,
        Severity.Error,
        `All ${train.length} cases have the label ${rarest[0]}. There is nothing to tell apart: send validated cases of another class.`,
        { classes: 1 },
      ),
    ];
  }
  const absent = classes.filter((name) => !counts.has(name));
  const share = rarest[1] / train.length;
  return [
    ...(absent.length > 0
      ? [
          finding(
            FindingKind.MissingClass,
            Severity.Warning,
            `No case has the label ${absent.slice(0, 5).join(', ')}${absent.length > 5 ? ` and ${absent.length - 5} more` : ''}: such a class is never predicted. Send cases of it, or leave it out of the schema.`,
            { classes: absent.length },
          ),
        ]
      : []),
    ...(rarest[1] < fewOfClass
      ? [
          finding(
            FindingKind.TooFewCases,
            rarest[1] < 5 ? Severity.Error : Severity.Warning,
            `The class ${rarest[0]} has ${rarest[1]} training cases. Below ${fewOfClass} its scores are chance: send more of it.`,
            { cases: rarest[1] },
          ),
        ]
      : []),
    ...(share < strongImbalance && present.length === 2
      ? [
          finding(
            FindingKind.Imbalance,
            Severity.Warning,
            `Only ${percent(share)} of the cases are ${rarest[0]}. Accuracy is ${percent(1 - share)} without any model: choose by roc-auc, and tune the threshold.`,
            { share: rounded(share) },
          ),
        ]
      : []),
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
