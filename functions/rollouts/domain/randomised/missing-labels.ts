/**
 * e-value against "labels are missing equally often in both arms", two-sided.
 *
 * "Labelled" is a binary metric of a prediction that is old enough to have its label. Two processes of
 * two-sample-evidence.ts with d = 0, one for each direction, are averaged: an e-process, since an average of e-processes
 * is one. Stages are strata, as they are for rewards.
 *
 * Predictions of one subject hang together: what they bring is divided by their number m, because by Hölder's inequality
 * E[(Π f_i)^(1/m)] ≤ Π E[f_i]^(1/m) ≤ 1. That is exact within a block whose subjects have m predictions each or fewer;
 * for an average m, and for subjects who come back in later blocks, the bound on false alarms is approximate.
 * Source: as in two-sample-evidence.ts; Vovk and Wang, E-values: calibration, combination and applications, Annals of
 * Statistics 49 (2021), on averages of e-values.
 */
import { type Evidence, finiteExp, logEvidenceOf, logSumExp, noReserve, startEvidence } from '../evidence.ts';
import { type NullHypothesis, type Past, playBlock, type Sample } from './two-sample-evidence.ts';

/** Predictions of one arm that are old enough, and how many of them have their label. */
type LabelCounts = { readonly assigned: number; readonly labelled: number };

/** What became old enough since the last block, of one stage at assignment. */
export type LabelBlock = {
  readonly stage: string;
  readonly champion: LabelCounts;
  readonly challenger: LabelCounts;
  /** Predictions that hang together, from 1: those of one subject. @default 1 */
  readonly perSubject?: number;
};

type LabelStratum = { readonly stage: string; readonly champion: LabelCounts; readonly challenger: LabelCounts };

/** Constant size, plain JSON. */
export type MissingLabelsState = {
  /** Of the stages with counts of both arms, all closed blocks; of the others, those that wait. */
  readonly strata: readonly LabelStratum[];
  readonly pending: readonly LabelStratum[];
  /** Against "the challenger's labels are missing as often or more", and "as often or less". */
  readonly moreLabels: Evidence;
  readonly fewerLabels: Evidence;
  /** Largest log of their average, at least 0. */
  readonly peakLogEvidence: number;
};

/** The numbers given are not counts of labels. */
export class InvalidLabelCountsError extends Error {
  override readonly name = 'InvalidLabelCountsError';
}

/** Bound on the chance of an alarm where labels are missing alike. */
const ALPHA = 0.01;
const EFFECTS = [0.02, 0.06, 0.15];
/** Share of predictions that are expected to have their label before the first is counted. */
const PRIOR = { priorMean: 0.9, priorUnits: 20 };

const more: NullHypothesis = { direction: 1, boundary: 0, effects: EFFECTS, reserve: noReserve };
const fewer: NullHypothesis = { ...more, direction: -1 };

export const startMissingLabels = (): MissingLabelsState => ({
  strata: [],
  pending: [],
  moreLabels: startEvidence(more),
  fewerLabels: startEvidence(fewer),
  peakLogEvidence: 0,
});

/**
 * Takes the counts of what has become old enough. A stage waits until both arms have a prediction.
 * @throws InvalidLabelCountsError
 */
export const applyLabelCounts = (state: MissingLabelsState, block: LabelBlock): MissingLabelsState => {
  const { stage, perSubject = 1 } = block;
  assertLabelCounts(block);
  const waited = state.pending.find((stratum) => stratum.stage === stage);
  const others = state.pending.filter((stratum) => stratum.stage !== stage);
  const counts = waited === undefined ? withoutRest(block) : sumOf(waited, block);
  const { champion, challenger } = counts;
  if (champion.assigned === 0 || challenger.assigned === 0) return { ...state, pending: [...others, counts] };
  const past = state.strata.find((stratum) => stratum.stage === stage);
  const sample: Sample = {
    champion: histogramOf(champion),
    challenger: histogramOf(challenger),
    championUnits: champion.assigned,
    challengerUnits: challenger.assigned,
    championPast: pastOf(past?.champion),
    challengerPast: pastOf(past?.challenger),
    championOverall: pastOf(undefined),
    prior: PRIOR,
  };
  const moreLabels = playBlock(state.moreLabels, more, sample, 0, 1 / perSubject);
  const fewerLabels = playBlock(state.fewerLabels, fewer, sample, 0, 1 / perSubject);
  const logEvidence = logAverage(moreLabels, fewerLabels);
  return {
    strata: past === undefined ? [...state.strata, counts] : replace(state.strata, past, sumOf(past, counts)),
    pending: others,
    moreLabels,
    fewerLabels,
    peakLogEvidence: Math.max(state.peakLogEvidence, logEvidence),
  };
};

/** Largest e-value so far as a share of its threshold: from 1 on the difference is shown. */
export const missingLabelsEvidence = ({ peakLogEvidence }: MissingLabelsState): number =>
  finiteExp(peakLogEvidence) * ALPHA;

/** Whether labels have been shown to be missing more often in one arm than in the other. */
export const labelsDiffer = (state: MissingLabelsState): boolean => missingLabelsEvidence(state) >= 1;

/** Share of predictions without their label in each arm, null without predictions. */
export const missingShares = ({
  strata,
}: MissingLabelsState): { champion: number | null; challenger: number | null } => {
  const shareOf = (arm: 'champion' | 'challenger'): number | null => {
    const assigned = strata.reduce((sum, stratum) => sum + stratum[arm].assigned, 0);
    const labelled = strata.reduce((sum, stratum) => sum + stratum[arm].labelled, 0);
    return assigned === 0 ? null : 1 - labelled / assigned;
  };
  return { champion: shareOf('champion'), challenger: shareOf('challenger') };
};

const logAverage = (one: Evidence, other: Evidence): number =>
  logSumExp([logEvidenceOf(one, more), logEvidenceOf(other, fewer)]) - Math.LN2;

const withoutRest = ({ stage, champion, challenger }: LabelBlock): LabelStratum => ({ stage, champion, challenger });

const sumOf = (one: LabelStratum, other: LabelStratum): LabelStratum => ({
  stage: one.stage,
  champion: addLabels(one.champion, other.champion),
  challenger: addLabels(one.challenger, other.challenger),
});

const addLabels = (one: LabelCounts, other: LabelCounts): LabelCounts => ({
  assigned: one.assigned + other.assigned,
  labelled: one.labelled + other.labelled,
});

const replace = (strata: readonly LabelStratum[], old: LabelStratum, by: LabelStratum): LabelStratum[] =>
  strata.map((stratum) => (stratum === old ? by : stratum));

const histogramOf = ({ assigned, labelled }: LabelCounts): number[] => [assigned - labelled, labelled];

const pastOf = ({ assigned, labelled }: LabelCounts = { assigned: 0, labelled: 0 }): Past => ({
  units: assigned,
  sum: labelled,
  spread: 0,
});

const assertLabelCounts = ({ stage, champion, challenger, perSubject = 1 }: LabelBlock): void => {
  const isCount = (count: number): boolean => Number.isSafeInteger(count) && count >= 0;
  const isValid = ({ assigned, labelled }: LabelCounts): boolean =>
    isCount(assigned) && isCount(labelled) && labelled <= assigned;
  if (isValid(champion) && isValid(challenger) && perSubject >= 1 && Number.isFinite(perSubject)) return;
  throw new InvalidLabelCountsError(
    `Expected for ${stage} assigned and labelled as whole numbers from 0, at most as many labelled as assigned, and at ` +
      `least 1 prediction per subject, got ${JSON.stringify({ champion, challenger, perSubject })}. Count them again.`,
  );
};
