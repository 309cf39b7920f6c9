/**
 * Capital bet against one null hypothesis: what the paired and the randomised evidence have in common.
 *
 * Each effect of a grid holds its own capital, which its bets multiply block by block; a reserve is kept out of the
 * bets at first, so that harm that begins late still meets fresh money. E is the sum of all of it, 1 at the start.
 *
 * Validity: where every bet is fair or worse under the null, E is a nonnegative supermartingale, and by Ville's
 * inequality P(sup E ≥ 1/α) ≤ α, however often one looks. Moving reserve into the bets between blocks leaves E as it is.
 * Source: Ville, Étude critique de la notion de collectif (1939); Waudby-Smith and Ramdas, Estimating means of bounded
 * random variables by betting, JRSS B 86 (2024).
 */

/** How the capital is divided: over effects to bet on, and over time. */
export type Division = {
  readonly effects: readonly number[];
  readonly reserve: {
    /** Share of the initial capital kept back, in [0, 1). */
    readonly share: number;
    /** Samples at which the first part enters the bets; each later part at twice the samples of the one before. */
    readonly first: number;
    /** Number of equal parts; 0 exactly when the share is 0. */
    readonly parts: number;
  };
};

/** Natural logarithms, so that capital neither overflows nor dies out. */
export type Evidence = {
  /** Log capital on each effect, in the order of the grid. */
  readonly logCapital: readonly number[];
  /** Parts of the reserve that have entered the bets. */
  readonly injectedParts: number;
  /** Largest log E at the end of any block, at least 0: what decides. */
  readonly peakLogEvidence: number;
};

/** Nothing is kept back. */
export const noReserve: Division['reserve'] = { share: 0, first: 1, parts: 0 };

/** Capital 1, split equally over the effects after the reserve is taken out. */
export const startEvidence = ({ effects, reserve }: Division): Evidence => ({
  logCapital: effects.map(() => Math.log((1 - reserve.share) / effects.length)),
  injectedParts: 0,
  peakLogEvidence: 0,
});

/**
 * Closes a block whose bets have been paid out.
 * @param logCapital after the block, in the order of the grid.
 * @param samples so far, this block included: decides when parts of the reserve enter the bets of later blocks.
 */
export const closeBlock = (
  evidence: Evidence,
  division: Division,
  logCapital: readonly number[],
  samples: number,
): Evidence => {
  const { injectedParts } = evidence;
  const logEvidence = logSumExp(logCapital, logUnbet(division.reserve, injectedParts));
  const peakLogEvidence = Math.max(evidence.peakLogEvidence, logEvidence);
  return inject({ logCapital, injectedParts, peakLogEvidence }, division, samples);
};

/** log E now: the capital on all effects and what is left of the reserve. */
export const logEvidenceOf = ({ logCapital, injectedParts }: Evidence, { reserve }: Division): number =>
  logSumExp(logCapital, logUnbet(reserve, injectedParts));

/** Whether the evidence has the shape that this division gives it, and only numbers that a process can reach. */
export const isEvidenceOf = ({ effects, reserve }: Division, evidence: Evidence): boolean =>
  evidence.logCapital.length === effects.length &&
  evidence.logCapital.every(Number.isFinite) &&
  Number.isInteger(evidence.injectedParts) &&
  evidence.injectedParts >= 0 &&
  evidence.injectedParts <= reserve.parts &&
  evidence.peakLogEvidence >= 0 &&
  Number.isFinite(evidence.peakLogEvidence);

/** JSON has no infinity, and DynamoDB no number from 1e126 on. */
export const greatestEValue = 1e125;

/** e-value of a log evidence, at most {@link greatestEValue}. */
export const finiteExp = (log: number): number => Math.min(Math.exp(log), greatestEValue);

/** ln(e^extra + Σ e^term) without overflow; `extra` may be −∞, the terms may not. */
export const logSumExp = (terms: readonly number[], extra = Number.NEGATIVE_INFINITY): number => {
  let largest = extra;
  for (const term of terms) if (term > largest) largest = term;
  let sum = 0;
  for (const term of terms) sum += Math.exp(term - largest);
  return largest + Math.log(sum + Math.exp(extra - largest));
};

/** Moves the parts due at `samples` from the reserve into the bets, equally over the effects; E stays what it is. */
const inject = (evidence: Evidence, { effects, reserve }: Division, samples: number): Evidence => {
  let due = evidence.injectedParts;
  while (due < reserve.parts && samples >= reserve.first * 2 ** due) due += 1;
  if (due === evidence.injectedParts) return evidence;
  const logPart = Math.log((reserve.share * (due - evidence.injectedParts)) / reserve.parts / effects.length);
  return {
    ...evidence,
    logCapital: evidence.logCapital.map((capital) => logSumExp([capital, logPart])),
    injectedParts: due,
  };
};

const logUnbet = ({ share, parts }: Division['reserve'], injected: number): number =>
  injected === parts ? Number.NEGATIVE_INFINITY : Math.log((share * (parts - injected)) / parts);
