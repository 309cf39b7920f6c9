import { numbersCases } from '../../../../contracts/numbering.ts';
import { type Finding, FindingKind, Severity } from '../../../../contracts/suggestions.ts';
import { FieldType, type MeasuredField } from './fields.ts';
import type { Observation } from './observation.ts';
import { halvesOf, remaindersOf, strengthOf } from './strength.ts';

/** What is wrong with single fields. */

/** Above this a single field tells everything, whatever the others do. */
const certain = 0.995;
/** From here on a field that is far ahead of all others is suspicious. */
const suspicious = 0.6;
const farAhead = 0.25;
/** From here on it is what is left to tell that counts: a field that leaves so much less than the next is suspicious. */
const nearlyAll = 0.9;
const leftOver = 1 / 8;
/** How well it must tell the label whether a field has a value. */
const tellingPresence = 0.5;
/** Fewer whole numbers may all be different, or grow, by chance. */
const fewestNumbers = 20;
/** Fields that may be leaks together: a third of all, up to so many. */
const mostLeaks = 4;
/** Of many fields a few more may be, where one tells nearly all, each tells much, and the gap below them is wide. */
const manyFields = 7;
const shareOfMany = 0.4;
const mostOfMany = 6;
const strongTogether = 0.8;
const wideGap = 0.3;

const percent = (share: number): string => `${Math.round(share * 1000) / 10}%`;
const rounded = (value: number): number => Math.round(value * 1000) / 1000;

const mostLikely =
  'It was most likely written down after the label, or made from it. Leave it out, unless it is known when a prediction is asked for.';
const notYet =
  'Find out when it is written down: where that is after the label, or because of it, leave it out; else it is a strong field.';

const leak = ({ field, strength, by }: MeasuredField, group: number, next: number): Finding => ({
  kind: FindingKind.Leak,
  severity: strength >= certain ? Severity.Error : Severity.Warning,
  field,
  detail:
    `${field} alone tells the label with a strength of ${rounded(strength)} of 1${by === undefined ? '' : ` (${by})`}; ` +
    `${group === 1 ? 'the best other field has' : `besides ${group} such fields the best has`} ${rounded(next)}. ` +
    `${strength >= nearlyAll ? mostLikely : notYet}`,
  numbers: { strength: rounded(strength), next: rounded(next) },
});

const isKnownAfterwards = ({ presence }: MeasuredField): boolean => presence >= tellingPresence;

/**
 * Fields that tell the label too well to be true: by themselves, or far better than all others. Several may be, and are
 * close to one another: the group of the best is compared with the best of the rest. Where more than a third of the
 * fields is that good, or two in five of many, the task is easy, and none is named.
 *
 *     0.95  0.92  0.85 ←─ wide gap ─→ 0.48  0.45  0.3 …
 *
 * Fields that are {@link findKnownAfterwards} are named there, and are no part of the rest.
 */
export const findLeaks = (fields: readonly MeasuredField[]): Finding[] => {
  const ranked = fields.filter((field) => !isKnownAfterwards(field)).sort((a, b) => b.strength - a.strength);
  const at = (index: number): number => ranked[index]?.strength ?? 0;
  const few = Math.min(mostLeaks, Math.max(1, Math.floor(ranked.length / 3)));
  const most =
    ranked.length < manyFields ? few : Math.max(few, Math.min(mostOfMany, Math.floor(shareOfMany * ranked.length)));
  const isAhead = (last: number): boolean => {
    const gap = at(last) - at(last + 1);
    if (last >= few) return at(0) >= nearlyAll && at(last) >= strongTogether && gap >= wideGap;
    return (
      (at(last) >= suspicious && gap >= farAhead) ||
      (at(last) >= nearlyAll && 1 - at(last) <= leftOver * (1 - at(last + 1)))
    );
  };
  const ahead = Array.from({ length: most }, (_, last) => isAhead(last)).lastIndexOf(true);
  const sure = ranked.filter(({ strength }) => strength >= certain).length;
  const named = Math.max(ahead + 1, sure <= few ? sure : 0);
  return ranked.slice(0, named).map((field) => leak(field, named, at(named)));
};

/**
 * Fields that tell what the strongest leak leaves open of a number: parts of a sum, of which one is named already.
 *
 * @param leaks - of {@link findLeaks}
 */
export const findComplements = (
  fields: readonly MeasuredField[],
  leaks: readonly Finding[],
  cases: readonly Observation[],
): Finding[] => {
  const labels = cases.map(({ label }) => label);
  const [strongest] = leaks.flatMap(({ field }) => fields.filter((measured) => measured.field === field));
  if (strongest === undefined || !labels.every((label) => typeof label === 'number')) return [];
  const halves = halvesOf(cases.map(({ subject }) => subject));
  const open = remaindersOf(strongest.bins, halves, labels);
  const [best, next] = fields
    .filter(({ field }) => leaks.every((found) => found.field !== field))
    .map(({ field, bins }) => ({ field, strength: strengthOf(bins, halves, open) }))
    .sort((a, b) => b.strength - a.strength);
  if (best === undefined || best.strength < suspicious || best.strength - (next?.strength ?? 0) < farAhead) return [];
  const { field, strength } = best;
  return [
    {
      kind: FindingKind.Leak,
      severity: Severity.Warning,
      field,
      detail:
        `${field} tells what ${strongest.field} leaves open of the label with a strength of ${rounded(strength)} of 1: ` +
        `the label is most likely made from both. ${notYet}`,
      numbers: { strength: rounded(strength), next: rounded(next?.strength ?? 0) },
    },
  ];
};

/** Fields that have a value almost only where the label is one of its values. */
export const findKnownAfterwards = (fields: readonly MeasuredField[]): Finding[] =>
  fields.filter(isKnownAfterwards).map(({ field, presence, missing }) => ({
    kind: FindingKind.KnownAfterwards,
    severity: Severity.Error,
    field,
    detail:
      `Whether ${field} has a value tells the label with a strength of ${rounded(presence)} of 1 (${percent(missing)} have none): ` +
      'it is most likely filled in only after the label is known. Leave it out.',
    numbers: { presence: rounded(presence), missing: rounded(missing) },
  }));

/** Whole numbers that grow from case to case, or that are different where measured ones would repeat themselves. */
const isCounter = ({ numbers = [], distinct }: MeasuredField): boolean => {
  const known = numbers.filter((value) => value !== undefined);
  if (known.length < fewestNumbers || distinct < known.length || !known.every(Number.isInteger)) return false;
  const ascending = known.filter((value, index) => index > 0 && value > (known[index - 1] as number)).length;
  const [least, most] = known.reduce(
    ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
    [known[0] as number, known[0] as number],
  );
  return ascending >= 0.95 * (known.length - 1) || numbersCases({ known: known.length, distinct, least, most });
};

/** @param cases - how many were looked at */
export const findIdentifiers = (fields: readonly MeasuredField[], cases: number): Finding[] =>
  fields
    .filter((field) =>
      field.type === FieldType.Number
        ? isCounter(field)
        : (field.type === FieldType.Category || field.names === true) &&
          cases >= fewestNumbers &&
          field.distinct >= 0.95 * cases * (1 - field.missing) &&
          field.missing < 0.9,
    )
    .map(({ field, distinct, strength }) => ({
      kind: FindingKind.Identifier,
      severity: strength >= 0.2 ? Severity.Error : Severity.Warning,
      field,
      detail:
        `${field} has ${distinct} different values in ${cases} cases: it numbers or names them` +
        (strength >= 0.2
          ? `, and tells the label with a strength of ${rounded(strength)} of 1, so a model learns the order of the file. `
          : '. ') +
        'Declare it as an identifier, which is dropped at the door.',
      numbers: { distinct, cases, strength: rounded(strength) },
    }));

const mostlyMissing = 0.6;
const manyCategories = 50;
const strongSkew = 3;
const farOut = 10;

const note = (
  kind: FindingKind,
  severity: Severity,
  field: string,
  detail: string,
  numbers: Finding['numbers'],
): Finding => ({ kind, severity, field, detail, numbers });

const outliersOf = ({ numbers = [] }: MeasuredField): number => {
  const sorted = numbers.filter((value) => value !== undefined).sort((a, b) => a - b);
  const quantile = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  const [low, high] = [quantile(0.25), quantile(0.75)];
  const reach = farOut * (high - low);
  return reach === 0 ? 0 : sorted.filter((value) => value < low - reach || value > high + reach).length;
};

/** Constant, mostly missing, many categories, skew and outliers. */
export const findOddValues = (fields: readonly MeasuredField[], cases: number): Finding[] =>
  fields.flatMap((measured): Finding[] => {
    const { field, type, missing, distinct, skewness = 0 } = measured;
    if (distinct === 0) {
      return [
        note(
          FindingKind.Missing,
          Severity.Warning,
          field,
          `${field} has no value in any case. Leave it out, or find out why it is not sent.`,
          { missing },
        ),
      ];
    }
    if (distinct === 1 && missing === 0) {
      return [
        note(
          FindingKind.Constant,
          Severity.Warning,
          field,
          `${field} has the same value in every case and tells nothing. Leave it out.`,
          { distinct },
        ),
      ];
    }
    const outliers = outliersOf(measured);
    return [
      ...(missing >= mostlyMissing
        ? [
            note(
              FindingKind.Missing,
              Severity.Note,
              field,
              `${percent(missing)} of the cases have no ${field}. That it is missing is used as well; ask whether it will be sent.`,
              { missing: rounded(missing) },
            ),
          ]
        : []),
      ...(type === FieldType.Category && distinct > manyCategories
        ? [
            note(
              FindingKind.ManyCategories,
              Severity.Note,
              field,
              `${field} has ${distinct} categories in ${cases} cases. They are encoded by how often they come and by their labels; group them if you know how.`,
              { distinct, cases },
            ),
          ]
        : []),
      ...(type === FieldType.Number && Math.abs(skewness) >= strongSkew
        ? [
            note(
              FindingKind.Skewed,
              Severity.Note,
              field,
              `${field} is skewed (${rounded(skewness)}). Linear models and networks are given it transformed; trees do not mind.`,
              { skewness: rounded(skewness) },
            ),
          ]
        : []),
      ...(outliers > 0
        ? [
            note(
              FindingKind.Outliers,
              Severity.Note,
              field,
              `${outliers} values of ${field} are more than ${farOut} quartile ranges away. Look whether they are mistakes; a minimum and a maximum in the schema keep such cases out.`,
              { outliers },
            ),
          ]
        : []),
    ];
  });
