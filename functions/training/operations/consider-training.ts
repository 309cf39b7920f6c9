import type { Model } from '../../../contracts/model.ts';
import type { NewJob } from '../../../contracts/training.ts';
import { type CaseCounts, checkEnough } from '../../cases/index.ts';
import { untilStored } from '../../platform/until-stored.ts';
import { platformActor } from '../domain/job-audit.ts';
import type { JobRecord } from '../domain/job-record.ts';
import { scheduleOf, type TrainingState } from '../domain/training-state.ts';
import { type Decision, decideTrigger, type Occasion } from '../domain/trigger.ts';
import type { JobStore } from '../store/job-store.ts';
import { type StartDependencies, startTraining } from './start-training.ts';

export interface ConsiderDependencies extends StartDependencies {
  readonly jobs: Pick<JobStore, 'commit' | 'state'>;
  readonly counts: Pick<CaseCounts, 'head' | 'trained'>;
}

/** What a person wants of a training that they start by hand. */
export interface ByHand {
  readonly actor: string;
  readonly choices?: NewJob;
}

export interface Considered {
  readonly decision: Decision;
  /** Where the decision was to train. */
  readonly job?: JobRecord;
  /** Accepted cases since the last completed training. */
  readonly newCases: number;
}

/**
 * Decides whether a model is to be trained now, and starts the training where it is. However many consider at the same
 * moment, one training starts: each decides on what it read, and starts only where that still stands.
 */
export const considerTraining = (
  dependencies: ConsiderDependencies,
  tenant: string,
  model: Model,
  occasion: Occasion,
  byHand?: ByHand,
): Promise<Considered> =>
  untilStored(`the training of ${model.name}`, async () => {
    // The state first: were the counts older than the state, a training that ends in between would be started again.
    const state = await dependencies.jobs.state(tenant, model.name);
    const { decision, newCases } = await decide(dependencies, tenant, model, state, occasion);
    if (!decision.due) return { decision, newCases };
    const { choices } = byHand ?? {};
    const request = {
      trigger: decision.reason,
      reason: choices?.reason ?? decision.detail,
      ...(choices === undefined ? {} : { choices }),
    };
    const job = await startTraining(dependencies, tenant, model, state, request, byHand?.actor ?? platformActor);
    return job && { decision, job, newCases };
  });

const decide = async (
  { counts, clock }: ConsiderDependencies,
  tenant: string,
  model: Model,
  state: TrainingState,
  occasion: Occasion,
): Promise<{ decision: Decision; newCases: number }> => {
  const [head, trained] = await Promise.all([counts.head(tenant, model.name), counts.trained(tenant, model.name)]);
  const enough = checkEnough(head, model.policies.training);
  const decision = decideTrigger({
    occasion,
    now: clock.now(),
    schedule: scheduleOf(state, model),
    accepted: head.accepted,
    trained,
    missing: enough.enough ? undefined : enough.detail,
    lastTrained: Date.parse(state.lastTrainedAt ?? model.createdAt),
    activeJob: state.activeJob,
    newCasesAtFailure: state.newCasesAtFailure,
  });
  return { decision, newCases: head.accepted - trained };
};
