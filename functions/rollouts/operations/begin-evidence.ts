import type { Model } from '../../../contracts/model.ts';
import { type RolloutPolicy, Strategy } from '../../../contracts/rollout-policy.ts';
import type { Route, Servable } from '../../../contracts/route-item.ts';
import { EvidenceKind } from '../../../contracts/verdicts.ts';
import type { OutcomeSums } from '../../inference/index.ts';
import type { Versions } from '../../models/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { Problem } from '../../platform/errors.ts';
import { meanRewardOf } from '../domain/mean-reward.ts';
import { definePairedPolicy, InvalidPairedPolicyError } from '../domain/paired-policy.ts';
import { startPairedProcess } from '../domain/paired-process.ts';
import { InvalidRandomisedPolicyError, randomisedPolicyOf } from '../domain/randomised/policy.ts';
import type { DeploymentStore } from '../store/deployment-store.ts';
import type { BegunEvidence } from '../store/evidence-items.ts';
import { startRandomisedStatistics } from '../store/randomised-store.ts';
import { firstMeasuredDay } from './measured-days.ts';

export interface BeginEvidenceDependencies {
  readonly store: Pick<DeploymentStore, 'rollout'>;
  readonly versions: Pick<Versions, 'get'>;
  readonly outcomeSums: Pick<OutcomeSums, 'days'>;
  readonly clock: Clock;
}

interface Beginning {
  readonly tenant: string;
  readonly model: Model;
  readonly policy: RolloutPolicy;
  readonly challenger: Servable;
  readonly route: Route;
}

/**
 * The evidence with which a rollout begins, of the kind that its policy names.
 *
 * @throws Problem `conflict` where nothing can be judged by the policy
 */
export const beginEvidence = async (
  dependencies: BeginEvidenceDependencies,
  { tenant, model, policy, challenger, route: { champion } }: Beginning,
): Promise<BegunEvidence> => {
  if (policy.strategy === Strategy.Bandit) {
    return { kind: 'bandit', statistics: { version: 1, cursor: 0, earned: {}, failures: 0 } };
  }
  try {
    if (policy.evidence === EvidenceKind.Randomised) {
      const priorMean = await meanReward(dependencies, tenant, model.name, champion.version);
      const declaration = { ...model, policies: { ...model.policies, rollout: policy } };
      const statistics = startRandomisedStatistics(randomisedPolicyOf(declaration, priorMean));
      return { kind: 'randomised', statistics };
    }
    const cut = Math.max(challenger.cut, champion.cut);
    const cursor = Math.max(cut, await judgedUntil(dependencies, tenant, model.name, champion.version));
    const paired = definePairedPolicy(policy);
    const state = startPairedProcess(paired);
    return { kind: 'paired', statistics: { version: 1, cut, cursor, policy: paired, state, failures: 0, leftOut: 0 } };
  } catch (error) {
    if (error instanceof InvalidPairedPolicyError || error instanceof InvalidRandomisedPolicyError) {
      throw new Problem('conflict', error.message);
    }
    throw error;
  }
};

/**
 * The last ledger segment whose cases made the champion what it is: they chose it, so on them it looks better than it
 * is. Cases that came after both datasets were cut and after that are evidence, those before the rollout began included.
 */
const judgedUntil = async (
  { store, versions }: BeginEvidenceDependencies,
  tenant: string,
  model: string,
  champion: string,
): Promise<number> => {
  const id = (await versions.get(tenant, model, champion))?.rollout;
  const rollout = id === undefined ? undefined : await store.rollout(tenant, model, id);
  return rollout?.countedUntil ?? 0;
};

/** Of the champion's outcomes of the last weeks; undefined without any. */
const meanReward = async (
  { outcomeSums, clock }: BeginEvidenceDependencies,
  tenant: string,
  model: string,
  champion: string,
): Promise<number | undefined> => {
  const days = await outcomeSums.days(tenant, model, firstMeasuredDay(clock));
  return meanRewardOf(days.filter(({ version }) => version === champion));
};
