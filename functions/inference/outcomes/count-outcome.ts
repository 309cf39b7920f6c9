import type * as z from 'zod';
import type { NewOutcome, Outcome, PredictionClaims } from '../../../contracts/inference.ts';
import { clockSkewSeconds } from '../../../contracts/outcome-timing.ts';
import type { Clock } from '../../platform/clock.ts';
import { notFound, Problem } from '../../platform/errors.ts';
import { type KeyRing, keyLabels } from '../../platform/key-ring.ts';
import { readPredictionId } from '../../platform/prediction-id.ts';
import { untilStored } from '../../platform/until-stored.ts';
import { changeOutcome, type EvidenceWindow, evidenceOf } from '../domain/outcome-change.ts';
import type { AttributedPrediction } from './outcome-items.ts';
import type { OutcomeRules, ReadOutcomeRules } from './outcome-rules.ts';
import type { OutcomeStore } from './outcome-store.ts';
import type { SubjectPseudonym } from './subject-pseudonym.ts';

interface Dependencies {
  readonly outcomes: OutcomeStore;
  readonly rules: ReadOutcomeRules;
  readonly pseudonymOf: SubjectPseudonym;
  readonly keyRing: Pick<KeyRing, 'derive'>;
  readonly clock: Clock;
}

/**
 * Counts an outcome for the version that its predictionId names and for the arm that its prediction was assigned to,
 * once, however late, in whatever order and however often it is sent.
 *
 * @throws Problem `invalid-prediction-id` for one that this model of this tenant did not give, `outcome-too-late` beyond
 *   the policy's age, `outcome-conflict` where another reward stands and this one is not said to correct it
 */
export type CountOutcome = (
  tenant: string,
  model: string,
  outcome: z.infer<typeof NewOutcome>,
) => Promise<z.infer<typeof Outcome>>;

export const openCountOutcome = (dependencies: Dependencies): CountOutcome => {
  const { outcomes, rules: readRules, clock } = dependencies;
  return async (tenant, model, { predictionId, reward, correction }) => {
    const claims = await readClaims(dependencies, tenant, model, predictionId);
    const rules = await readRules(tenant, model, claims.r);
    if (rules === undefined) throw notFound(`a model ${model}`);
    const { policy } = rules;
    const window = windowOf(rules, claims);
    const prediction = await attribute(dependencies, claims, window !== undefined);

    return untilStored("the model's outcomes", async () => {
      const now = clock.now();
      const evidence = evidenceOf(window, ageOf(claims, policy, window, now));
      const change = changeOutcome(await outcomes.get(tenant, model, claims.n), { reward, correction }, evidence);
      const answer = { predictionId, version: claims.v, reward };
      if (change.kind === 'conflict') throw conflict(change.standing.reward, reward);
      if (change.kind === 'repeat') {
        return { ...answer, counted: false, corrected: false, evidence: change.standing.evidence };
      }
      const next = { ...change.next, positive: reward >= policy.positive };
      const corrected = change.kind === 'correct';
      const stored = corrected
        ? await outcomes.correct(prediction, change.standing, next, now)
        : await outcomes.count(prediction, next, now);
      return stored ? { ...answer, counted: !corrected, corrected, evidence: next.evidence } : undefined;
    });
  };
};

const readClaims = async (
  { keyRing, clock }: Dependencies,
  tenant: string,
  model: string,
  predictionId: string,
): Promise<PredictionClaims> => {
  const key = await keyRing.derive(keyLabels.predictionIds(tenant));
  const claims = readPredictionId(predictionId, key, { tenant, model });
  if (claims === undefined) {
    throw new Problem(
      'invalid-prediction-id',
      `Expected a predictionId as a prediction of ${model} gave it. Send it back unchanged, to the same model.`,
    );
  }
  const aheadSeconds = Math.round((claims.i - clock.now()) / 1000);
  if (aheadSeconds > clockSkewSeconds) {
    throw new Problem(
      'invalid-prediction-id',
      `Expected a predictionId of the past, and it says that it is made in ${aheadSeconds} s. Send the outcome then.`,
    );
  }
  return claims;
};

/** What the claims say of a prediction; its assignment only where outcomes are evidence of the rollout. */
const attribute = async (
  { pseudonymOf }: Dependencies,
  claims: PredictionClaims,
  isEvidence: boolean,
): Promise<AttributedPrediction> => {
  const { t: tenant, m: model, n: nonce, v: version, i: assignedAt, p: score } = claims;
  const prediction = { tenant, model, nonce, version, assignedAt, score };
  const { a: arm, r: rollout, s: stage, w, l: milliseconds, u } = claims;
  if (!isEvidence || rollout === undefined || stage === undefined) return prediction;
  const subject = u === undefined ? undefined : await pseudonymOf(tenant, u);
  const assignment = { rollout, arm, stage, assigned: w ?? version, failed: w !== undefined, milliseconds, subject };
  return { ...prediction, rollout: assignment };
};

/** A subject counts once in a rollout: a stage with nobody to be compared with must not use it up. */
const windowOf = ({ window, unsplitStages }: OutcomeRules, { s }: PredictionClaims): EvidenceWindow | undefined =>
  s !== undefined && unsplitStages.includes(s) ? undefined : window;

/** Seconds since the prediction. What the rollout's window still takes is not too old. */
const ageOf = (
  { i }: PredictionClaims,
  policy: OutcomeRules['policy'],
  window: EvidenceWindow | undefined,
  now: number,
): number => {
  const age = Math.max(0, now - i) / 1000;
  const limit = Math.max(policy.maximumAgeSeconds, window?.open === true ? window.windowSeconds : 0);
  if (age <= limit) return age;
  throw new Problem(
    'outcome-too-late',
    `Expected an outcome within ${limit} s of its prediction, and it came after ${Math.round(age)} s. The model's policies.outcomes.maximumAgeSeconds sets the limit for predictions to come.`,
  );
};

const conflict = (standing: number, sent: number): Problem =>
  new Problem(
    'outcome-conflict',
    `Expected ${standing}, the reward that was counted for this prediction, and got ${sent}. To replace it, send it again with "correction": true.`,
  );
