/** How the values of options are read; each names what it expects. */
import { InvalidArgumentError } from 'commander';

const numberOf = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));

export const share = (text: string): number => {
  const value = numberOf(text);
  if (value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError(`Expected a share from 0 to 1, such as 0.08, got ${text}.`);
};

export const difference = (text: string): number => {
  const value = numberOf(text);
  if (value >= -1 && value <= 1) return value;
  throw new InvalidArgumentError(`Expected a difference of shares from -1 to 1, such as -0.02, got ${text}.`);
};

export const notNegative = (text: string): number => {
  const value = numberOf(text);
  if (value >= 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError(`Expected a number from 0, got ${text}.`);
};

export const wholeNumber = (text: string): number => {
  const value = numberOf(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError(`Expected a whole number from 1, got ${text}.`);
};

/** The largest seed that a training takes. */
const largestSeed = 2 ** 31 - 1;

export const seed = (text: string): number => {
  const value = numberOf(text);
  if (Number.isInteger(value) && value >= 0 && value <= largestSeed) return value;
  throw new InvalidArgumentError(`Expected a whole number from 0 to ${largestSeed}, got ${text}.`);
};

/** Reads `name=value`; the value is JSON where it can be read as such, else a text. */
export const parameter = (text: string): [name: string, value: unknown] => {
  const [, name, value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError(`Expected name=value, such as folds=5, got ${text}.`);
  try {
    return [name, JSON.parse(value)];
  } catch {
    return [name, value];
  }
};

/** The most that the API puts on a page. */
const largestPage = 100;

export const pageSize = (text: string): number => {
  const value = numberOf(text);
  if (Number.isInteger(value) && value >= 1 && value <= largestPage) return value;
  throw new InvalidArgumentError(`Expected a whole number from 1 to ${largestPage}, got ${text}.`);
};

/** Reads an option that may be given several times. */
export const several =
  <Value>(read: (text: string) => Value) =>
  (text: string, before: readonly Value[] = []): Value[] => [...before, read(text)];
