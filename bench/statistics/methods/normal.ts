/**
 * Distribution function of the standard normal, to about 1e-7.
 * Source: Abramowitz and Stegun (1964), equation 26.2.17.
 */
export const normalDistribution = (z: number): number => {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const coefficients = [1.330274429, -1.821255978, 1.781477937, -0.356563782, 0.31938153];
  const tail =
    (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) *
    coefficients.reduce((polynomial, coefficient) => (polynomial + coefficient) * t, 0);
  return z > 0 ? 1 - tail : tail;
};
