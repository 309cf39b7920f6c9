import type * as z from 'zod';
import type { NewOutcome, Outcome } from '../../contracts/inference.ts';
import { Problem } from '../platform/errors.ts';
import { type KeyRing, keyLabels } from '../platform/key-ring.ts';
import { readPredictionId } from '../platform/prediction-id.ts';
import type { Outcomes } from './outcome-store.ts';

type CountOutcome = (
  tenant: string,
  model: string,
  outcome: z.infer<typeof NewOutcome>,
) => Promise<z.infer<typeof Outcome>>;

/**
 * Counts an outcome for the version that its predictionId names, once, however often it is sent.
 *
 * @throws Problem `invalid-prediction-id` for one that this model of this tenant did not give,
 *   `outcome-conflict` where another reward was counted
 */
export const openCountOutcome =
  (outcomes: Outcomes, keyRing: Pick<KeyRing, 'derive'>): CountOutcome =>
  async (tenant, model, { predictionId, reward }) => {
    const key = await keyRing.derive(keyLabels.predictionIds(tenant));
    const claims = readPredictionId(predictionId, key, { tenant, model });
    if (claims === undefined) {
      throw new Problem(
        'invalid-prediction-id',
        `Expected a predictionId as a prediction of ${model} gave it. Send it back unchanged, to the same model.`,
      );
    }
    const { n: nonce, v: version } = claims;
    const stands = await outcomes.count(tenant, model, { nonce, version, reward });
    if (stands.reward !== reward) {
      throw new Problem(
        'outcome-conflict',
        `Expected the reward that was counted for this prediction, ${stands.reward}; a prediction has one outcome.`,
      );
    }
    return { predictionId, version, reward, counted: stands.counted };
  };
