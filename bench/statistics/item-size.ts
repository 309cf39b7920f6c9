/** Significant digits of a number in decimal. */
const digitsOf = (number: number): number =>
  number.toExponential().replace(/e.*$/, '').replace(/[-.]/g, '').replace(/0+$/, '').length;

/**
 * Bytes that DynamoDB counts for a value, plain JSON: a number takes one byte for each two significant digits, one more,
 * and one for a minus; a list or a map takes 3, and 1 for each of its members beside what these take.
 * Source: Amazon DynamoDB developer guide, "DynamoDB item sizes and formats".
 */
export const itemBytes = (value: unknown): number => {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(digitsOf(value) / 2) + 1 + (value < 0 ? 1 : 0);
  if (typeof value !== 'object' || value === null) return 1;
  if (Array.isArray(value)) return value.reduce<number>((sum, member) => sum + 1 + itemBytes(member), 3);
  return Object.entries(value).reduce(
    (sum, [name, member]) => sum + 1 + Buffer.byteLength(name) + itemBytes(member),
    3,
  );
};
