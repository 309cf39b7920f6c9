import type { LabelValue } from '../../../../contracts/cases.ts';
import type { ModelSchema } from '../../../../contracts/model.ts';
import { type Finding, FindingKind, Severity } from '../../../../contracts/suggestions.ts';
import type { Census } from './census.ts';

/** What is wrong with the cases as a whole. */

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
const percent = (share: number): string => `${rounded(share * 100)}%`;

const finding = (kind: FindingKind, severity: Severity, detail: string, numbers: Finding['numbers']): Finding => ({
  kind,
  severity,
  detail,
  numbers,
});

const mostNames = 5;

const listed = (names: readonly (string | number)[]): string =>
  names.slice(0, mostNames).join(', ') + (names.length > mostNames ? ` and ${names.length - mostNames} more` : '');

const apartFrom = (leftOut: readonly string[]): string =>
  leftOut.length === 0 ? '' : ` apart from ${listed(leftOut)}`;

/** Inputs that come several times: with the same label, with different ones, and on both sides of the split. */
export const findRepetitions = ({ train, holdout, repetitions }: Census): Finding[] => {
  const { extra, conflicting, inConflict, across, nearly, isEstimate, leftOut } = repetitions;
  const about = isEstimate ? 'About ' : '';
  const apart = apartFrom(leftOut);
  return [
    ...(extra > 0
      ? [
          finding(
            FindingKind.Duplicates,
            extra >= 0.05 * train ? Severity.Warning : Severity.Note,
            `${about}${extra} of ${train} cases have an input that came before${apart}. If one observation was sent twice, scores are too good: send each once, or name its subject.`,
            { extra, cases: train },
          ),
        ]
      : []),
    ...(nearly >= 0.01 * train && nearly > 1
      ? [
          finding(
            FindingKind.Duplicates,
            Severity.Note,
            `At least ${nearly} of ${train} cases have nearly the input of another${apart}: their numbers differ by less than a thousandth of their spread. If one observation was sent twice with noise, scores are too good: send each once, or name its subject.`,
            { nearly, cases: train },
          ),
        ]
      : []),
    ...(conflicting > 0
      ? [
          finding(
            FindingKind.ConflictingLabels,
            inConflict >= 0.05 * train ? Severity.Warning : Severity.Note,
            `${about}${inConflict} cases share their input${apart} with a case of another label. No model can be right on all of them; look at what tells them apart.`,
            { inputs: conflicting, cases: inConflict },
          ),
        ]
      : []),
    ...(across >= 0.05 * holdout && across > 0
      ? [
          finding(
            FindingKind.AcrossTheSplit,
            Severity.Warning,
            `${about}${across} of ${holdout} held-out cases have an input${apart} that is trained on too. Name the subject of each case, so that one person's cases stay on one side.`,
            { across, holdout },
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

const findClassFaults = (classes: readonly string[], { train, labels: counts }: Census): Finding[] => {
  const present = [...counts].sort(([, a], [, b]) => a - b);
  const [only, ...others] = present;
  if (only !== undefined && others.length === 0) {
    return [
      finding(
        FindingKind.OneClass,
        Severity.Error,
        `All ${train} cases have the label ${only[0]}. There is nothing to tell apart: send validated cases of another class.`,
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
    ...findImbalance(present, train),
  ];
};

/** Too few, one class, classes without a case, imbalance. */
export const findShortages = (schema: ModelSchema, census: Census, fields: number): Finding[] => [
  ...(census.train < fewCases
    ? [
        finding(
          FindingKind.TooFewCases,
          census.train < 20 ? Severity.Error : Severity.Warning,
          `There are ${census.train} training cases. Below ${fewCases} no score can be trusted: send more.`,
          { cases: census.train },
        ),
      ]
    : []),
  ...(census.train >= fewCases && census.train < casesPerField * fields
    ? [
        finding(
          FindingKind.TooFewCases,
          Severity.Note,
          `There are ${census.train} training cases for ${fields} fields. With fewer than ${casesPerField} a field, simple models do best.`,
          { cases: census.train, fields },
        ),
      ]
    : []),
  ...(schema.label.type === 'category' ? findClassFaults(schema.label.classes, census) : []),
  ...(schema.label.type === 'number' && census.labels.size === 1
    ? [
        finding(
          FindingKind.OneClass,
          Severity.Error,
          `All ${census.train} cases have the label ${[...census.labels.keys()][0]}. There is nothing to learn: send cases with other labels.`,
          { classes: 1 },
        ),
      ]
    : []),
];

/** Subjects with several cases. */
export const findGroups = ({ train, named, subjects }: Census): Finding[] => {
  if (named < train / 2 || subjects > 0.9 * named) return [];
  return [
    finding(
      FindingKind.Groups,
      Severity.Note,
      `${named} cases are of ${subjects} subjects. Folds and the holdout keep each subject on one side, so scores are those of new subjects.`,
      { cases: named, subjects },
    ),
  ];
};
