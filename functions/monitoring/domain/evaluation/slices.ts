import type { FieldValue } from '../../../../contracts/cases.ts';
import type { EvaluatedVersion } from '../../../../contracts/evaluations.ts';
import { type SideMetrics, SliceKind } from '../../../../contracts/metrics.ts';
import { type Field, FieldKind } from '../../../../contracts/model.ts';
import type { EvaluatedCase, Target, VersionAnswer } from './answered-case.ts';
import { measureAnswers } from './measure.ts';

/** Fewer cases are told of with the others: a metric of a handful tells of persons, and of chance. */
const fewestCases = 5;
const mostValues = 20;
const decade = 10;
/** Years from 90 are one group at the door already. */
const oldest = 90;

/** @returns null where there is no value */
const nameOf = (field: Field | undefined, value: FieldValue): string | null => {
  if (value === null) return null;
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

interface Group {
  readonly value: string;
  readonly kind: SliceKind;
  /** Indices of its cases. */
  readonly group: readonly number[];
}

const toGroup = ([value, group]: readonly [string | null, readonly number[]]): Group =>
  value === null
    ? { value: SliceKind.Missing, kind: SliceKind.Missing, group }
    : { value, kind: SliceKind.Value, group };

/** The cases of each value of a field, the most frequent first, and those of the others. */
const groupsOf = (field: Field | undefined, name: string, cases: readonly EvaluatedCase[]): Group[] => {
  const indices = cases.map((_, index) => index);
  const groups = Map.groupBy(indices, (index) => nameOf(field, valueIn(cases[index], name)));
  const ranked = [...groups].sort(([, a], [, b]) => b.length - a.length);
  const told = ranked.filter(([, group], index) => group.length >= fewestCases && index < mostValues);
  let rest = ranked.filter((entry) => !told.includes(entry)).flatMap(([, group]) => group);
  // A few who are left out could be worked out from the total: the next smallest joins them.
  while (rest.length > 0 && rest.length < fewestCases && told.length > 0) rest = rest.concat(told.pop()?.[1] ?? []);
  const pooled: Group = { value: SliceKind.Other, kind: SliceKind.Other, group: rest };
  return [...told.map(toGroup), ...(rest.length < fewestCases ? [] : [pooled])];
};

const withoutCalibration = (metrics: SideMetrics): SideMetrics => {
  const { calibration: _, ...others } = metrics;
  return others as SideMetrics;
};

/** Metrics, without the calibration curve, for the cases of each value of the fields that the model declares as slices. */
export const measureSlices = (
  target: Target,
  fields: Readonly<Record<string, Field>>,
  slices: readonly string[],
  cases: readonly EvaluatedCase[],
  answers: readonly VersionAnswer[],
): EvaluatedVersion['slices'] =>
  slices.flatMap((field) =>
    groupsOf(fields[field], field, cases).map(({ value, kind, group }) => ({
      field,
      value,
      kind,
      metrics: withoutCalibration(
        measureAnswers(
          target,
          group.map((index) => cases[index] as EvaluatedCase),
          group.map((index) => answers[index]),
        ),
      ),
    })),
  );
