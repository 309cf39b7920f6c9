/** Labels of the predictions of one span of time, by how long they took. */
export interface Cohort {
  /** When its last prediction was made at the latest, ms since 1970. */
  readonly until: number;
  /** Labels that have come so far, by delay, in the order of the bins. */
  readonly delays: readonly number[];
}

/** Share of all labels that has come by an age of their prediction. */
export interface CurvePoint {
  readonly seconds: number;
  readonly share: number;
}

/**
 * Estimates how long labels take from those that have come, although the slow ones of young predictions are still to
 * come: delays are right-truncated at the age of their prediction. By the reverse hazard, which needs no number of
 * labels that will never come: with n_j labels in bin j and N_j in the bins up to j, both of the cohorts whose bin j is
 * complete,
 *
 *     g_j = n_j / N_j        F(e_j) = Π_{k > j} (1 − g_k)
 *
 * Source: Kalbfleisch and Lawless, Inference based on retrospective ascertainment, JASA 84 (1989), 360–372; the same as
 * the chain ladder, whose development factor is 1 / (1 − g_j): Mack, Astin Bulletin 23 (1993), 213–225. Valid where the
 * delay does not depend on when the prediction was made. F is relative to the oldest age that was observed.
 *
 * @param edges - upper ends of the bins, seconds, ascending
 * @param now - ms since 1970
 * @returns up to the oldest age that was observed; empty where no bin of any cohort with a label is complete
 */
export const estimateDelays = (cohorts: readonly Cohort[], edges: readonly number[], now: number): CurvePoint[] => {
  const counts = edges.map(() => ({ inBin: 0, upToBin: 0 }));
  for (const { until, delays } of cohorts) {
    let upToBin = 0;
    for (const [bin, count] of counts.entries()) {
      if ((edges[bin] ?? 0) * 1000 > now - until) break;
      const inBin = delays[bin] ?? 0;
      upToBin += inBin;
      count.inBin += inBin;
      count.upToBin += upToBin;
    }
  }
  const oldest = counts.findLastIndex(({ upToBin }) => upToBin > 0);
  const curve: CurvePoint[] = [];
  let share = 1;
  for (let bin = oldest; bin >= 0; bin -= 1) {
    curve.unshift({ seconds: edges[bin] ?? 0, share });
    const { inBin, upToBin } = counts[bin] ?? { inBin: 0, upToBin: 0 };
    share = upToBin === 0 ? 0 : share * (1 - inBin / upToBin);
  }
  return curve;
};

const origin: CurvePoint = { seconds: 0, share: 0 };

/** Share of labels that has come by an age, in a straight line between the points; 1 beyond the last. */
export const shareBy = (curve: readonly CurvePoint[], seconds: number): number => {
  const index = curve.findIndex((point) => point.seconds >= seconds);
  const after = curve[index];
  if (after === undefined) return 1;
  const before = curve[index - 1] ?? origin;
  const part = (seconds - before.seconds) / (after.seconds - before.seconds);
  return before.share + Math.max(0, part) * (after.share - before.share);
};

/** The age by which a share of labels has come, in a straight line between the points; null of an empty curve. */
export const ageAt = (curve: readonly CurvePoint[], share: number): number | null => {
  const index = curve.findIndex((point) => point.share >= share);
  const after = curve[index];
  if (after === undefined) return null;
  const before = curve[index - 1] ?? origin;
  if (after.share === before.share) return after.seconds;
  return before.seconds + ((share - before.share) / (after.share - before.share)) * (after.seconds - before.seconds);
};
