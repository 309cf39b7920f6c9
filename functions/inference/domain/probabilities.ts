/** How far a sum of probabilities may be from 1: they are float32, and there may be a hundred of them. */
const tolerance = 1e-3;

/**
 * Finds what is wrong with one row of probabilities.
 *
 * @param flat - row-major [N × C]
 * @param row - 0 to N − 1
 * @param classes - C
 * @returns what was expected and what came, or undefined where the row is whole
 */
export const faultOfRow = (flat: Float32Array, row: number, classes: number): string | undefined => {
  let sum = 0;
  for (let index = row * classes; index < (row + 1) * classes; index += 1) {
    const probability = flat[index] as number;
    // Written so that NaN fails it too.
    if (!(probability >= -tolerance && probability <= 1 + tolerance)) {
      return `expected probabilities from 0 to 1, got ${probability}`;
    }
    sum += probability;
  }
  return Math.abs(sum - 1) <= tolerance ? undefined : `expected probabilities that sum to 1, got a sum of ${sum}`;
};

/**
 * @param weights - decision weights of the classes; undefined: 1 each
 * @returns the index of the largest product of weight and probability of a row; of equals the first
 */
export const chosenClass = (
  flat: Float32Array,
  row: number,
  classes: number,
  weights: readonly number[] | undefined,
): number => {
  const start = row * classes;
  let best = 0;
  let most = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < classes; index += 1) {
    const product = (flat[start + index] as number) * (weights === undefined ? 1 : (weights[index] as number));
    if (product > most) {
      best = index;
      most = product;
    }
  }
  return best;
};
