import { OutcomeEvidence } from '../../../contracts/inference.ts';

/** An outcome as it stands. */
export interface StandingOutcome {
  readonly reward: number;
  /** What the last change of the reward did to the evidence. */
  readonly evidence: OutcomeEvidence;
  /** The reward that entered the evidence, where a later one did not. */
  readonly evidenceReward?: number | undefined;
}

/** What an outcome that came does to the one that stands. */
export type OutcomeChange<Standing extends StandingOutcome> =
  | { readonly kind: 'count'; readonly next: StandingOutcome }
  | { readonly kind: 'correct'; readonly standing: Standing; readonly next: StandingOutcome }
  /** It was counted before, with this reward. */
  | { readonly kind: 'repeat'; readonly standing: Standing }
  /** Another reward stands, and this one is not said to correct it. */
  | { readonly kind: 'conflict'; readonly standing: Standing };

/**
 * @param standing - undefined: none yet
 * @param evidence - what an outcome that comes now can do
 */
export const changeOutcome = <Standing extends StandingOutcome>(
  standing: Standing | undefined,
  { reward, correction }: { readonly reward: number; readonly correction: boolean },
  evidence: OutcomeEvidence,
): OutcomeChange<Standing> => {
  if (standing === undefined) return { kind: 'count', next: { reward, evidence } };
  if (standing.reward === reward) return { kind: 'repeat', standing };
  if (!correction) return { kind: 'conflict', standing };
  const { evidence: before, evidenceReward } = standing;
  // Replaced while it counts; and what did not come in time, or was corrected too late, never counts again.
  const stays = before !== OutcomeEvidence.Counts || evidence === OutcomeEvidence.Counts;
  const next = stays
    ? { reward, evidence: before, evidenceReward }
    : { reward, evidence, evidenceReward: standing.reward };
  return { kind: 'correct', standing, next };
};

/** What decides whether an outcome is evidence of the rollout that gave its prediction an arm. */
export interface EvidenceWindow {
  /** Whether the rollout runs and is judged by outcomes. */
  readonly open: boolean;
  readonly windowSeconds: number;
}

/**
 * @param window - undefined: no rollout that is judged by outcomes gave the prediction an arm
 * @param ageSeconds - of the prediction
 */
export const evidenceOf = (window: EvidenceWindow | undefined, ageSeconds: number): OutcomeEvidence => {
  if (window === undefined) return OutcomeEvidence.None;
  return window.open && ageSeconds <= window.windowSeconds ? OutcomeEvidence.Counts : OutcomeEvidence.TooLate;
};
