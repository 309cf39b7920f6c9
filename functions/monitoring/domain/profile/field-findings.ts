import { Task } from '../../../../contracts/model.ts';
import { type Finding, FindingKind, Severity } from '../../../../contracts/suggestions.ts';
import { FieldType, type MeasuredField } from './fields.ts';
import { followsCases, isIdentifier } from './identifiers.ts';
import { isKnownAfterwards } from './known-afterwards.ts';
import type { Observation } from './observation.ts';
import { halvesOf, remaindersOf, strengthOf } from './strength.ts';

/** What is wrong with single fields. */

/** Above this a single field tells everything, whatever the others do. */
const certain = 0.995;
/** From here on a field that is far ahead of all others is suspicious. */
const suspicious = 0.6;
/** Of numbers only from here on: an honest field often tells most of a number. */
const suspiciousOfNumbers = 0.88;
const farAhead = 0.25;
/** From here on it is what is left to tell that counts: a field that leaves so much less than the next is suspicious. */
const nearlyAll = 0.9;
const leftOver = 1 / 8;
/** Fields that may be leaks together: a third of all, up to so many. */
const mostLeaks = 4;
/** Of many fields a few more may be, where one tells nearly all, each tells much, and the gap below them is wide. */
const manyFields = 7;
const shareOfMany = 0.4;
const mostOfMany = 6;
const strongTogether = 0.8;
const wideGap = 0.3;

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

/** Whether a number grows from case to case, and tells no more of the label than a trend does: not that rows were sorted by it. */
const countsTime = (field: MeasuredField, task: Task): boolean =>
  field.type === FieldType.Number &&
  followsCases(field) &&
  field.strength < (task === Task.TabularRegression ? certain : nearlyAll);

/**
 * Fields that tell the label too well to be true: by themselves, or far better than all others. Several may be, and are
 * close to one another: the group of the best is compared with the best of the rest. Where more than a third of the
 * fields is that good, or two in five of many, the task is easy, and none is named.
 *
 *     0.95  0.92  0.85 ←─ wide gap ─→ 0.48  0.45  0.3 …
 *
 * Fields that are known afterwards, and counters of a trend, are named as such, and are no part of the rest.
 */
export const findLeaks = (fields: readonly MeasuredField[], task: Task): Finding[] => {
  const ranked = fields
    .filter((field) => !isKnownAfterwards(field) && !(task === Task.TabularRegression && countsTime(field, task)))
    .sort((a, b) => b.strength - a.strength);
  const threshold = task === Task.TabularRegression ? suspiciousOfNumbers : suspicious;
  const at = (index: number): number => ranked[index]?.strength ?? 0;
  const few = Math.min(mostLeaks, Math.max(1, Math.floor(ranked.length / 3)));
  const most =
    ranked.length < manyFields ? few : Math.max(few, Math.min(mostOfMany, Math.floor(shareOfMany * ranked.length)));
  const isAhead = (last: number): boolean => {
    const gap = at(last) - at(last + 1);
    if (last >= few) return at(0) >= nearlyAll && at(last) >= strongTogether && gap >= wideGap;
    return (
      (at(last) >= threshold && gap >= farAhead) ||
      (at(last) >= nearlyAll && 1 - at(last) <= leftOver * (1 - at(last + 1)))
    );
  };
  const ahead = Array.from({ length: most }, (_, last) => isAhead(last)).lastIndexOf(true);
  const sure = ranked.filter(({ strength }) => strength >= certain).length;
  const named = Math.max(ahead + 1, sure <= few ? sure : 0);
  return ranked.slice(0, named).map((field) => leak(field, named, at(named)));
};

/** How well a field must tell one class of several from the rest. */
const certainOfOne = 0.99;

/**
 * Fields that tell one class of several nearly for sure, and far better than all others do: of ten classes such a field
 * has a strength of about a tenth of the whole. Where more than a third of the fields does, the class is easy to tell.
 *
 * @param named - fields of which something is said already
 */
export const findLeaksOfOneClass = (fields: readonly MeasuredField[], named: ReadonlySet<string>): Finding[] => {
  const most = Math.min(mostLeaks, Math.max(1, Math.floor(fields.length / 3)));
  const classes = new Set(fields.flatMap(({ strengthOf: each }) => [...each.keys()]));
  const found = [...classes].flatMap((label) => {
    const ranked = fields
      .filter((field) => !isKnownAfterwards(field))
      .map(({ field, strengthOf: each }) => ({ field, strength: each.get(label) ?? 0 }))
      .sort((a, b) => b.strength - a.strength);
    const sure = ranked.filter(({ strength }) => strength >= certainOfOne);
    const [weakest, next] = [sure.at(-1)?.strength ?? 0, ranked[sure.length]?.strength ?? 0];
    const isAhead = weakest - next >= farAhead || 1 - weakest <= leftOver * (1 - next);
    return sure.length <= most && isAhead ? sure.map((each) => ({ ...each, label, next })) : [];
  });
  return [...Map.groupBy(found, ({ field }) => field)].flatMap(([field, [best]]) =>
    best === undefined || named.has(field)
      ? []
      : [
          {
            kind: FindingKind.Leak,
            severity: Severity.Warning,
            field,
            detail:
              `${field} alone tells the class ${best.label} from the others with a strength of ${rounded(best.strength)} of 1; ` +
              `the best other field has ${rounded(best.next)}. ${notYet}`,
            numbers: { strength: rounded(best.strength), next: rounded(best.next) },
          },
        ],
  );
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

/** What a field that numbers cases tells: from here on a model learns the order of the file. */
const tellingNumber = 0.2;

/**
 * Fields that number or name cases, and are to be dropped. One that grows with the cases and follows a trend may count
 * months rather than rows.
 *
 * @param cases - how many were looked at
 */
export const findIdentifiers = (fields: readonly MeasuredField[], cases: number, task: Task): Finding[] =>
  fields
    .filter((field) => isIdentifier(field, cases))
    .map((measured) => {
      const { field, distinct, strength } = measured;
      const isTelling = strength >= tellingNumber;
      const mayBeTime = isTelling && countsTime(measured, task);
      const tells = `and tells the label with a strength of ${rounded(strength)} of 1`;
      return {
        kind: FindingKind.Identifier,
        severity: isTelling && !mayBeTime ? Severity.Error : Severity.Warning,
        field,
        detail: mayBeTime
          ? `${field} grows from case to case, ${tells}. Where it counts time, validate in its order (order: ${field}); where it only numbers the rows, declare it as an identifier, which is dropped at the door.`
          : `${field} has ${distinct} different values in ${cases} cases: it numbers or names them${isTelling ? `, ${tells}, so a model learns the order of the file` : ''}. Declare it as an identifier, which is dropped at the door.`,
        numbers: { distinct, cases, strength: rounded(strength) },
      };
    });
