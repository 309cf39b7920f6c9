import type { MeasureCaseRate } from '../../cases/index.ts';
import type { OutcomeSums } from '../../inference/index.ts';
import type { Models, Versions } from '../../models/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { Problem } from '../../platform/errors.ts';
import { isPastDeadline, type RolloutRecord } from '../domain/record.ts';
import { Judging, judgingOf } from '../domain/strategy.ts';
import type { DeploymentStore } from '../store/deployment-store.ts';
import type { EvidenceStore } from '../store/evidence-store.ts';
import { planRollout } from './plan-rollout.ts';
import { type EvidenceStores, readEvidence } from './read-evidence.ts';

interface Dependencies extends EvidenceStores {
  readonly models: Pick<Models, 'get'>;
  readonly versions: Pick<Versions, 'get'>;
  readonly store: Pick<DeploymentStore, 'route' | 'rollout' | 'list'>;
  readonly evidence: Pick<EvidenceStore, 'get'>;
  readonly outcomeSums: Pick<OutcomeSums, 'days'>;
  readonly caseRate: MeasureCaseRate;
  readonly clock: Clock;
}

/** How far the rollout that runs has come; times in ms since 1970. */
export interface RolloutProgress {
  readonly rollout: string;
  readonly startedAt: number;
  /** When it expires without a verdict. */
  readonly deadline: number;
  /** Pairs or units that were counted so far. */
  readonly samples: number;
  /** With which an equally good challenger gets its verdict, median; undefined where most never do. */
  readonly needed: number | undefined;
  /** From a prediction or a case until its sample counts. */
  readonly delaySeconds: number;
}

/** @returns undefined where no rollout runs that comes to a verdict by samples */
export type ReadProgress = (tenant: string, model: string) => Promise<RolloutProgress | undefined>;

/** Samples that the planner finds to be needed, at the traffic that the model has. */
const plan = async (dependencies: Dependencies, tenant: string, model: string, { policy }: RolloutRecord) => {
  const { margin, stages, evidence } = policy;
  try {
    const asked = { margin, stages, differences: [0] };
    const { plans, assumed } = await planRollout(dependencies, { tenant, model, asked });
    const planned = plans.find((one) => one.evidence === evidence);
    return { needed: planned?.verdicts[0]?.samples ?? undefined, delaySeconds: assumed.delaySeconds ?? 0 };
  } catch (error) {
    if (error instanceof Problem && error.code === 'no-traffic') return { needed: undefined, delaySeconds: 0 };
    throw error;
  }
};

export const openReadProgress =
  (dependencies: Dependencies): ReadProgress =>
  async (tenant, model) => {
    const { store, clock } = dependencies;
    const route = await store.route(tenant, model);
    const rollout = route?.rollout === undefined ? undefined : await store.rollout(tenant, model, route.rollout);
    if (rollout === undefined || isPastDeadline(rollout, new Date(clock.now()).toISOString())) return undefined;
    const judging = judgingOf(rollout);
    if (judging !== Judging.Paired && judging !== Judging.Randomised) return undefined;
    const { pairs, units = {} } = await readEvidence(dependencies, tenant, model, rollout);
    const { needed, delaySeconds } = await plan(dependencies, tenant, model, rollout);
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
