import { shareRight } from '../../../contracts/metrics.ts';
import { type NewPlan, type Plan, RolloutKind } from '../../../contracts/rollouts.ts';
import type { MeasureCaseRate } from '../../cases/index.ts';
import type { OutcomeSums } from '../../inference/index.ts';
import type { Models, Versions } from '../../models/index.ts';
import { type Clock, timestamp } from '../../platform/clock.ts';
import { notFound, Problem } from '../../platform/errors.ts';
import { InvalidPairedPolicyError } from '../domain/paired-policy.ts';
import { type PairCounts, pairsOf } from '../domain/paired-process.ts';
import type { Measured } from '../domain/plan/assumptions.ts';
import { makePlan, NoTrafficError } from '../domain/plan/make-plan.ts';
import { measure, type Records } from '../domain/plan/measure.ts';
import { InvalidRandomisedPolicyError } from '../domain/randomised/policy.ts';
import type { DeploymentStore } from '../store/deployment-store.ts';
import type { EvidenceStore } from '../store/evidence-store.ts';
import { firstMeasuredDay } from './measured-days.ts';

export interface MeasureDependencies {
  readonly versions: Pick<Versions, 'get'>;
  readonly store: Pick<DeploymentStore, 'route' | 'list'>;
  readonly evidence: Pick<EvidenceStore, 'get'>;
  readonly outcomeSums: Pick<OutcomeSums, 'days'>;
  readonly caseRate: MeasureCaseRate;
  readonly clock: Clock;
}

interface Dependencies extends MeasureDependencies {
  readonly models: Pick<Models, 'get'>;
}

interface Request {
  readonly tenant: string;
  readonly model: string;
  readonly asked: NewPlan;
}

/** Rollouts that are looked through for pairs, the newest first. */
const rolloutsRead = 10;

const lastPairs = async (
  { store, evidence }: MeasureDependencies,
  tenant: string,
  model: string,
): Promise<PairCounts | undefined> => {
  const rollouts = await store.list(tenant, model, rolloutsRead);
  for (const { id, kind } of rollouts) {
    if (kind === RolloutKind.Drill || kind === RolloutKind.First) continue;
    const statistics = await evidence.get(tenant, model, id);
    if (statistics !== undefined && pairsOf(statistics.state) > 0) return statistics.state;
  }
  return undefined;
};

const readRecords = async (dependencies: MeasureDependencies, tenant: string, model: string): Promise<Records> => {
  const { store, versions, outcomeSums, caseRate, clock } = dependencies;
  const [route, casesPerDay, outcomeDays, pairs] = await Promise.all([
    store.route(tenant, model),
    caseRate(tenant, model, timestamp(clock)),
    outcomeSums.days(tenant, model, firstMeasuredDay(clock)),
    lastPairs(dependencies, tenant, model),
  ]);
  const champion = route?.champion.version;
  const served = champion === undefined ? undefined : await versions.get(tenant, model, champion);
  const holdout = served?.metrics.holdout ?? undefined;
  const holdoutAccuracy = holdout === undefined ? undefined : shareRight(holdout);
  return { casesPerDay, outcomeDays, champion, holdoutAccuracy, pairs };
};

/** What the model's own record says of its traffic and of its champion. */
export const measureModel = async (
  dependencies: MeasureDependencies,
  tenant: string,
  model: string,
): Promise<Measured> => measure(await readRecords(dependencies, tenant, model), timestamp(dependencies.clock));

/**
 * Says how long a rollout would take, for each kind of evidence. It changes nothing.
 *
 * @throws Problem `not-found`, `no-traffic`, or `conflict` where nothing can be judged by the model's rollout policy
 */
export const planRollout = async (dependencies: Dependencies, { tenant, model, asked }: Request): Promise<Plan> => {
  const declaration = await dependencies.models.get(tenant, model);
  if (declaration === undefined) throw notFound(`a model ${model}`);
  const measured = await measureModel(dependencies, tenant, model);
  try {
    return makePlan(model, declaration, asked, measured);
  } catch (error) {
    if (error instanceof NoTrafficError) throw new Problem('no-traffic', error.message);
    if (error instanceof InvalidPairedPolicyError || error instanceof InvalidRandomisedPolicyError) {
      throw new Problem('conflict', error.message);
    }
    throw error;
  }
};
