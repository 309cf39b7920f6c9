import { daySeconds } from '../../contracts/durations.ts';

/** A share as percent; one digit after the point where that says something. */
export const percent = (share: number | null | undefined): string =>
  share === null || share === undefined ? '–' : `${Number((share * 100).toFixed(1))}%`;

/** A difference of shares as points, with its sign. */
export const points = (difference: number): string => {
  const value = Number((difference * 100).toFixed(2));
  return `${value > 0 ? '+' : ''}${value}`;
};

/** A number in at most so many significant digits, with thousands set off from 1,000 on. */
export const short = (value: number | null | undefined, digits = 3): string => {
  if (value === null || value === undefined) return '–';
  if (Math.abs(value) >= 1e6) return value.toExponential(1);
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(digits)));
};

/** The same, with its sign. */
export const signed = (value: number): string => `${value > 0 ? '+' : ''}${short(value)}`;

/** An amount of money, which may be a fraction of a cent. */
export const dollars = (value: number): string => `$${short(value)}`;

const units = [
  { name: 'd', seconds: daySeconds },
  { name: 'h', seconds: 3600 },
  { name: 'min', seconds: 60 },
] as const;

/** A duration in its two largest units. */
export const duration = (seconds: number): string => {
  const index = units.findIndex((unit) => seconds >= unit.seconds);
  const unit = units[index];
  if (unit === undefined) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.floor(seconds / unit.seconds);
  const rest = seconds - whole * unit.seconds;
  const next = units[index + 1] ?? { name: 's', seconds: 1 };
  const smaller = Math.floor(rest / next.seconds);
  return `${whole} ${unit.name}${smaller === 0 ? '' : ` ${smaller} ${next.name}`}`;
};
