import type { ModelDeclaration } from '../../../contracts/model.ts';
import type { RolloutProgress } from '../../../contracts/rollout-progress.ts';
import type { Models } from '../../models/index.ts';
import { timestamp } from '../../platform/clock.ts';
import { notFound } from '../../platform/errors.ts';
import { expectSamples } from '../domain/plan/expected-samples.ts';
import { isPastDeadline, type RolloutRecord } from '../domain/record.ts';
import { Judging, judgingOf } from '../domain/strategy.ts';
import type { DeploymentStore } from '../store/deployment-store.ts';
import type { EvidenceStore } from '../store/evidence-store.ts';
import { type MeasureDependencies, measureModel } from './plan-rollout.ts';
import { type EvidenceStores, readEvidence } from './read-evidence.ts';

interface Dependencies extends EvidenceStores, Omit<MeasureDependencies, 'store'> {
  readonly models: Pick<Models, 'get'>;
  readonly store: Pick<DeploymentStore, 'route' | 'rollout' | 'list'>;
  readonly evidence: Pick<EvidenceStore, 'get'>;
}

/**
 * @returns undefined where no rollout runs that comes to a verdict by samples
 * @throws Problem `not-found`
 */
export type ReadProgress = (tenant: string, model: string) => Promise<RolloutProgress | undefined>;

/** The model with the policies that the rollout began with: those that it has by now apply to the next one. */
const declarationOf = async (
  { models }: Dependencies,
  tenant: string,
  name: string,
  { policy, outcomes }: RolloutRecord,
): Promise<ModelDeclaration> => {
  const model = await models.get(tenant, name);
  if (model === undefined) throw notFound(`a model ${name}`);
  const { policies } = model;
  return { ...model, policies: { ...policies, rollout: policy, outcomes: outcomes ?? policies.outcomes } };
};

export const openReadProgress =
  (dependencies: Dependencies): ReadProgress =>
  async (tenant, model) => {
    const { store, clock } = dependencies;
    const route = await store.route(tenant, model);
    const rollout = route?.rollout === undefined ? undefined : await store.rollout(tenant, model, route.rollout);
    if (rollout === undefined || isPastDeadline(rollout, timestamp(clock))) return undefined;
    const judging = judgingOf(rollout);
    if (judging !== Judging.Paired && judging !== Judging.Randomised) return undefined;
    const { pairs, units = {} } = await readEvidence(dependencies, tenant, model, rollout);
    const declaration = await declarationOf(dependencies, tenant, model, rollout);
    const measured = await measureModel(dependencies, tenant, model);
    const { needed, delaySeconds } = expectSamples(model, declaration, measured);
    const startedAt = Date.parse(rollout.startedAt);
    return {
      rollout: rollout.id,
      startedAt,
      deadline: startedAt + rollout.policy.maximumSeconds * 1000,
      samples: judging === Judging.Paired ? pairs : Object.values(units).reduce((sum, count) => sum + count, 0),
      needed,
      delaySeconds: judging === Judging.Paired ? 0 : delaySeconds,
    };
  };
