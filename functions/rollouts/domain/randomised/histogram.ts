/**
 * How often a metric took each of its values in [0, 1]: bin i of K stands for the value i / (K − 1).
 * A binary metric has 2 bins, a score 21. Sums of values and of their squares are whole numbers in units of bins, so
 * that they are exact and independent of the order of addition.
 */
export type Histogram = readonly number[];

export const binaryBins = 2;
export const scoreBins = 21;

/**
 * The bin of a value, rounded at random so that its mean is the value: E[bin] = value · (bins − 1).
 * @param value in [0, 1].
 * @param uniform in [0, 1), independent of the value; from a hash of the unit's id, so that it stays the same.
 */
export const binOf = (value: number, bins: number, uniform: number): number => {
  const position = value * (bins - 1);
  const lower = Math.floor(position);
  return lower + (uniform < position - lower ? 1 : 0);
};

export const emptyHistogram = (bins: number): number[] => new Array<number>(bins).fill(0);

/** Units counted. */
export const countOf = (histogram: Histogram): number => {
  let count = 0;
  for (let bin = 0; bin < histogram.length; bin += 1) count += histogram[bin] as number;
  return count;
};

/** Sum of the values, in units of bins. */
export const binSum = (histogram: Histogram): number => {
  let sum = 0;
  for (let bin = 1; bin < histogram.length; bin += 1) sum += bin * (histogram[bin] as number);
  return sum;
};

/** Sum of the squares of the values, in units of bins. */
export const binSquares = (histogram: Histogram): number => {
  let sum = 0;
  for (let bin = 1; bin < histogram.length; bin += 1) sum += bin * bin * (histogram[bin] as number);
  return sum;
};

/** Two histograms of the same bins as one. */
export const addHistograms = (one: Histogram, other: Histogram): Histogram =>
  one.map((count, bin) => count + (other[bin] ?? 0));
