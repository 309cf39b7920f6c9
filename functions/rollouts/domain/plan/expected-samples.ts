import type { ModelDeclaration } from '../../../../contracts/model.ts';
import { InvalidPairedPolicyError } from '../paired-policy.ts';
import { InvalidRandomisedPolicyError } from '../randomised/policy.ts';
import { assume, type Measured } from './assumptions.ts';
import { planEqual } from './evidence-plan.ts';
import { delayOf, type PlanSetting, unitTimingOf } from './setting.ts';

/** What a verdict on a running rollout is expected to take. */
interface ExpectedSamples {
  /** Pairs or units with which an equally good challenger gets its verdict, median; undefined where most never do. */
  readonly needed: number | undefined;
  /** From a prediction until its unit counts. */
  readonly delaySeconds: number;
}

/**
 * Simulates the one kind of evidence that a rollout is judged by.
 *
 * @param declaration - with the policies that the rollout began with
 * @returns `needed` is undefined too where nothing comes to judge by, and where nothing can be judged by the policy
 */
export const expectSamples = (model: string, declaration: ModelDeclaration, measured: Measured): ExpectedSamples => {
  const { values, guesses } = assume({}, measured);
  const setting: PlanSetting = { ...values, guesses, model, declaration, differences: [0] };
  const delaySeconds = delayOf(unitTimingOf(setting));
  try {
    const equal = planEqual(setting, declaration.policies.rollout.evidence);
    return { needed: equal?.samples ?? undefined, delaySeconds };
  } catch (error) {
    if (error instanceof InvalidPairedPolicyError || error instanceof InvalidRandomisedPolicyError) {
      return { needed: undefined, delaySeconds };
    }
    throw error;
  }
};
