/** @returns the first value that is NaN or infinite; undefined where all are finite */
export const firstNotFinite = (values: Float32Array): number | undefined => {
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number;
    if (!Number.isFinite(value)) return value;
  }
  return undefined;
};
