import type { FieldValue } from '../../../../contracts/cases.ts';
import type { EvaluatedVersion } from '../../../../contracts/evaluations.ts';
import { type Field, FieldKind } from '../../../../contracts/model.ts';
import type { EvaluatedCase, Target, VersionAnswer } from './answered-case.ts';
import { measureAnswers } from './measure.ts';

/** Fewer cases are told of with the others: a metric of a handful tells of persons, and of chance. */
const fewestCases = 5;
const mostValues = 20;
export const others = 'other';
const decade = 10;
/** Years from 90 are one group at the door already. */
const oldest = 90;

const nameOf = (field: Field | undefined, value: FieldValue): string => {
  if (value === null) return 'missing';
  if (field?.kind === FieldKind.Age && typeof value === 'number') {
    const from = Math.floor(value / decade) * decade;
    if (from >= oldest) return `${oldest}+`;
    return `${from}–${from + decade - 1}`;
  }
  return String(value);
};

/** A field may be called `constructor`, and a case be older than the field. */
const valueIn = (row: EvaluatedCase | undefined, name: string): FieldValue =>
  row !== undefined && Object.hasOwn(row.input, name) ? (row.input[name] ?? null) : null;

/** The indices of the cases of each value of a field, the most frequent first. */
const groupsOf = (field: Field | undefined, name: string, cases: readonly EvaluatedCase[]): [string, number[]][] => {
  const indices = cases.map((_, index) => index);
  const groups = Map.groupBy(indices, (index) => nameOf(field, valueIn(cases[index], name)));
  const ranked = [...groups].sort(([, a], [, b]) => b.length - a.length);
  const told = ranked.filter(([, group], index) => group.length >= fewestCases && index < mostValues);
  const rest = ranked.filter((entry) => !told.includes(entry)).flatMap(([, group]) => group);
  // A few who are left out could be worked out from the total: the next smallest joins them.
  while (rest.length > 0 && rest.length < fewestCases && told.length > 0) rest.push(...(told.pop()?.[1] ?? []));
  return rest.length < fewestCases ? told : [...told, [others, rest]];
};

/** Metrics for the cases of each value of the fields that the model declares as slices. */
export const measureSlices = (
  target: Target,
  fields: Readonly<Record<string, Field>>,
  slices: readonly string[],
  cases: readonly EvaluatedCase[],
  answers: readonly VersionAnswer[],
): EvaluatedVersion['slices'] =>
  slices.flatMap((field) =>
    groupsOf(fields[field], field, cases).map(([value, group]) => ({
      field,
      value,
      metrics: measureAnswers(
        target,
        group.map((index) => cases[index] as EvaluatedCase),
        group.map((index) => answers[index]),
      ),
    })),
  );
