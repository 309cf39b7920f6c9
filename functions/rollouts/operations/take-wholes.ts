/** Outcomes that one judgement takes, and the rest of the whole that the last of them is in. */
export const outcomesAtOnce = 5000;

/**
 * Takes outcomes until there are enough, and never a part of a whole: what belongs together is judged together.
 *
 * @param pages - in the order of the predictions
 * @param wholeOf - begin of the whole that a time is in
 * @returns how many were taken; `until` where there is more, the begin of the first whole that was not taken
 */
export const takeWholes = async <Outcome extends { readonly assignedAt: number }>(
  pages: AsyncIterable<readonly Outcome[]>,
  wholeOf: (time: number) => number,
  take: (outcome: Outcome) => void,
): Promise<{ taken: number; until?: number }> => {
  let [taken, last] = [0, Number.NEGATIVE_INFINITY];
  for await (const page of pages) {
    for (const outcome of page) {
      const whole = wholeOf(outcome.assignedAt);
      if (taken >= outcomesAtOnce && whole !== last) return { taken, until: whole };
      take(outcome);
      taken += 1;
      last = whole;
    }
  }
  return { taken };
};
