import type { LabelValue } from '../../../../contracts/cases.ts';
import { type Finding, FindingKind, Severity } from '../../../../contracts/suggestions.ts';
import type { Observation } from './observation.ts';
import { halvesOf, quantileBins, sameBins, strengthOf } from './strength.ts';

/** Whether the label changes with time, and whether the time of receipt is one. */

/** The column by which a recipe puts cases in the order of their receipt. */
const receipt = 'receivedAt';

/** Standard errors of a difference that are no chance. */
const noChance = 4;
/** Receipts within less are those of an import, whose order is that of a file. */
const fewestDays = 3;
/** Time tells classes so well only where each was sent in turn. */
const inTurn = 0.9;
const daysOf = (milliseconds: number): number => milliseconds / 86_400_000;

const rounded = (value: number): number => Math.round(value * 1000) / 1000;

interface Change {
  readonly what: string;
  readonly before: number;
  readonly after: number;
}

/** How the label of the earliest quarter differs from that of the latest; undefined: by no more than chance. */
const changeOf = (labels: readonly LabelValue[], order: readonly (number | undefined)[]): Change | undefined => {
  const known = labels.flatMap((label, index) =>
    order[index] === undefined ? [] : [{ label, at: order[index] as number }],
  );
  const quarter = Math.floor(known.length / 4);
  if (quarter < 30 || new Set(known.map(({ at }) => at)).size < 8) return undefined;
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
  if (!(Math.abs(after - before) > noChance * error)) return undefined;
  const what = typeof majority === 'number' ? 'The mean label' : `The share of ${majority}`;
  return { what, before: rounded(before), after: rounded(after) };
};

/** Compares the label of the earliest quarter with that of the latest, by the times of a field. */
export const findDrift = (
  train: readonly Observation[],
  order: readonly (number | undefined)[],
  field: string,
): Finding[] => {
  const labels = train.map(({ label }) => label);
  const change = changeOf(labels, order);
  if (change === undefined) return [];
  const { what, before, after } = change;
  const detail = `${what} went from ${before} in the earliest quarter by ${field} to ${after} in the latest.`;
  const told = strengthOf(sameBins(quantileBins(order)), halvesOf(train.map(({ subject }) => subject)), labels);
  const separates = typeof labels[0] === 'string' && told >= inTurn;
  return [
    {
      kind: separates ? FindingKind.Sorted : FindingKind.Drift,
      severity: Severity.Note,
      field,
      detail: separates
        ? `${detail} Each class has a time of its own: in its order some are not there to learn from. Ask why.`
        : `${detail} Validate in the order of time.`,
      numbers: { before, after },
    },
  ];
};

/**
 * Compares the label of the cases that were received first with that of the last. Cases of an import come within
 * minutes, and in the order of a file, which may be that of the labels: that is no drift, and no order to validate in.
 */
export const findDriftOfReceipt = (train: readonly Observation[]): Finding[] => {
  const labels = train.map(({ label }) => label);
  const times = train.map(({ receivedAt }) => Date.parse(receivedAt));
  const [first, last] = times.reduce(
    ([a, b], time) => [Math.min(a, time), Math.max(b, time)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const days = daysOf(last - first);
  const told = strengthOf(sameBins(quantileBins(times)), halvesOf(train.map(({ subject }) => subject)), labels);
  if (told >= inTurn && (typeof labels[0] === 'string' || days < fewestDays)) {
    return [
      {
        kind: FindingKind.Sorted,
        severity: Severity.Note,
        detail: `The time of receipt tells the label with a strength of ${rounded(told)} of 1: the cases seem to have been sent sorted by their label. Their order says nothing of time, so none is suggested.`,
        numbers: { strength: rounded(told), days: rounded(days) },
      },
    ];
  }
  const change = changeOf(labels, times);
  if (change === undefined) return [];
  const { what, before, after } = change;
  const detail = `${what} went from ${before} in the earliest quarter by the time of receipt to ${after} in the latest.`;
  return [
    {
      kind: FindingKind.Drift,
      severity: Severity.Note,
      ...(days < fewestDays ? {} : { field: receipt }),
      detail:
        days < fewestDays
          ? `${detail} All were received within ${fewestDays} days, so this is the order of an import rather than of time: declare a timestamp field if they have one.`
          : `${detail} Validate in the order of time.`,
      numbers: { before, after, days: rounded(days) },
    },
  ];
};
