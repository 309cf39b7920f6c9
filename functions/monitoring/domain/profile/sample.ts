import { seeded } from '../../../../contracts/seeded.ts';

/** Cases that are looked at: enough to see a share of 1% to within 0.2 points, and done in seconds. */
const mostCases = 10_000;

/**
 * Whether the next case of a stream is looked at: about `mostCases` are, by chance, as labels may come in turn.
 *
 * @param of - how many cases there are
 */
export const drawing = (of: number): (() => boolean) => {
  const random = seeded(of);
  const share = mostCases / Math.max(1, of);
  return () => random() < share;
};
