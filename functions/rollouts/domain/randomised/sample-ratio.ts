/**
 * e-value against "each unit was assigned to the challenger with the chance that the split says".
 *
 * With n units, of which n_j in arm j that has the share π_j: the multinomial likelihood under a Dirichlet(100·π)
 * mixture over the likelihood under π, E = B(100·π + n) / (B(100·π)·Π π_j^n_j), B the multivariate beta function.
 *
 * Validity: a mixture of likelihood ratios is a nonnegative martingale that starts at 1 while the units are assigned
 * independently with the chances π; Ville's inequality bounds the chance that it ever reaches 1000 by 1/1000. Each
 * stage has a factor of its own, because it has a π of its own.
 * Source: Lindon and Malek, Anytime-valid inference for multinomial count data, NeurIPS 35 (2022).
 */
import { wholeWeight } from '../../../../contracts/weight.ts';

/** Units that the split is worth beforehand. */
const CONCENTRATION = 100;
/** A share of 0 is bet against as half a basis point, so that the evidence stays finite. */
const LEAST_SHARE = 0.5 / wholeWeight;

/**
 * log E of one stage, 0 without units.
 * @param weight the challenger's share in basis points.
 * @param champion units assigned to it, from 0. @param challenger likewise.
 */
export const logSampleRatioEvidence = (weight: number, champion: number, challenger: number): number => {
  const share = Math.min(Math.max(weight / wholeWeight, LEAST_SHARE), 1 - LEAST_SHARE);
  const units = champion + challenger;
  return armTerm(1 - share, champion, units) + armTerm(share, challenger, units) - wholeTerm(units);
};

/** ln Γ(x) up to the terms that cancel between the arms and the whole: x ln x − x and ½ ln 2π. */
const armTerm = (share: number, count: number, units: number): number => {
  const prior = CONCENTRATION * share;
  const posterior = prior + count;
  const expected = (CONCENTRATION + units) * share;
  const surprise = posterior * Math.log1p((posterior - expected) / expected);
  return surprise - Math.log(posterior / prior) / 2 + stirlingError(posterior) - stirlingError(prior);
};

const wholeTerm = (units: number): number =>
  stirlingError(CONCENTRATION + units) - stirlingError(CONCENTRATION) - Math.log1p(units / CONCENTRATION) / 2;

/**
 * ln Γ(x) − ((x − ½) ln x − x + ½ ln 2π) for x > 0: Stirling's series from x = 12 on, the recurrence of Γ below.
 * Differences of ln Γ itself would lose the digits that decide.
 * Source: Abramowitz and Stegun, Handbook of mathematical functions (1964), 6.1.41; Loader, Fast and accurate computation
 * of binomial probabilities (2000).
 */
const stirlingError = (x: number): number => {
  let rest = 0;
  let above = x;
  while (above < 12) {
    rest += (above + 0.5) * Math.log1p(1 / above) - 1;
    above += 1;
  }
  const square = 1 / (above * above);
  const series = 1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188))));
  return rest + series / above;
};
