/** Numbers as warnings say them. */
import { EvidenceKind } from '../../../../contracts/verdicts.ts';

/** At most three significant digits, with thousands set off. */
export const count = (value: number): string =>
  value >= 1000
    ? Math.round(Number(value.toPrecision(3))).toLocaleString('en')
    : String(Number(value.toPrecision(value < 10 ? 2 : 3)));

export const inDays = (days: number): string => (days === 1 ? '1 day' : `${count(days)} days`);

export const percent = (share: number): string => `${Number((share * 100).toFixed(1))}%`;

/** A difference of means as points, without its sign. */
export const points = (difference: number): string => {
  const value = Number(Math.abs(difference * 100).toPrecision(3));
  return value === 1 ? '1 point' : `${value} points`;
};

export const signedPoints = (difference: number): string =>
  `${difference > 0 ? '+' : difference < 0 ? '−' : ''}${points(difference)}`;

export const samplesName = (evidence: EvidenceKind): string => (evidence === EvidenceKind.Paired ? 'pairs' : 'units');
