import type { ModelDeclaration } from '../../../../contracts/model.ts';
import type { NewPlan, Plan } from '../../../../contracts/rollouts.ts';
import { EvidenceKind } from '../../../../contracts/verdicts.ts';
import { assume, type Measured } from './assumptions.ts';
import { planEvidence } from './evidence-plan.ts';
import { delayOf, type PlanSetting, unitTimingOf } from './setting.ts';

/** Without validated cases and without outcomes there is nothing to judge by. */
export class NoTrafficError extends Error {
  override readonly name = 'NoTrafficError';
}

const withChoices = (declaration: ModelDeclaration, { margin, stages }: NewPlan): ModelDeclaration => {
  const { policies } = declaration;
  const chosen = { ...(margin === undefined ? {} : { margin }), ...(stages === undefined ? {} : { stages }) };
  return { ...declaration, policies: { ...policies, rollout: { ...policies.rollout, ...chosen } } };
};

/**
 * How long it will take to know, for each kind of evidence: rollouts are simulated with the code that decides. The same
 * question has the same answer.
 *
 * @param measured - what the model's own record says, for what is not asked
 * @throws NoTrafficError, InvalidPairedPolicyError, InvalidRandomisedPolicyError
 */
export const makePlan = (model: string, declaration: ModelDeclaration, asked: NewPlan, measured: Measured): Plan => {
  const { values, guesses } = assume(asked, measured);
  const setting: PlanSetting = {
    ...values,
    guesses,
    model,
    declaration: withChoices(declaration, asked),
    differences: asked.differences,
  };
  if (setting.labelsPerDay === 0 && setting.outcomesPerDay === 0) {
    throw new NoTrafficError(
      `Expected validated cases or outcomes of ${model}, and none come. Send labelsPerDay or outcomesPerDay as you expect ` +
        'them, or send cases with their labels, or outcomes, and ask again.',
    );
  }
  const { margin } = setting.declaration.policies.rollout;
  return {
    model,
    declared: declaration.policies.rollout.evidence,
    assumed: { ...values, margin, delaySeconds: delayOf(unitTimingOf(setting)) },
    plans: Object.values(EvidenceKind).map((evidence) => planEvidence(setting, evidence)),
  };
};
