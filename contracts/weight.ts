/** Weights are counted in basis points, 0.01%: 10,000 is all. */
export const wholeWeight = 10_000;
