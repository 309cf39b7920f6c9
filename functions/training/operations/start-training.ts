import type { Model } from '../../../contracts/model.ts';
import type { NewJob } from '../../../contracts/training.ts';
import { type CaseCounts, checkEnough } from '../../cases/index.ts';
import { type Clock, timestamp } from '../../platform/clock.ts';
import { newId } from '../../platform/ids.ts';
import { untilStored } from '../../platform/until-stored.ts';
import { queueJob } from '../domain/job-changes.ts';
import type { JobRecord } from '../domain/job-record.ts';
import { chooseRecipe } from '../domain/training-run.ts';
import { type Decision, decideTrigger, type Occasion } from '../domain/trigger.ts';
import type { RetrainMachine } from '../services/machine.ts';
import type { TrainingStore } from '../store/training-store.ts';

export interface StartDependencies {
  readonly store: Pick<TrainingStore, 'state' | 'commit'>;
  readonly counts: Pick<CaseCounts, 'head' | 'trained'>;
  readonly machine: Pick<RetrainMachine, 'start'>;
  readonly clock: Clock;
}

/** What an operator chooses for a training that they ask for. */
export interface Request extends Partial<NewJob> {
  /** As the audit names who asks. */
  readonly actor: string;
}

/** The part of the platform that decides by a trigger. */
const trigger: Request = { actor: 'training:trigger' };

/** Without another choice trainings differ by their dataset alone: the same one gives the same version again. */
const defaultSeed = 0;

export interface Considered {
  readonly decision: Decision;
  /** Accepted cases, ever. */
  readonly accepted: number;
  /** Accepted cases since the last training. */
  readonly newCases: number;
  /** The job that was at work already. */
  readonly activeJob?: string | undefined;
  /** Where the decision was to train. */
  readonly job?: JobRecord;
}

/**
 * Decides whether a model is trained now, and starts the training where it is. However many ask at once, one training
 * starts: each decides on what it read, and what it decides is stored only where that still stands. Where the machine
 * is not started any more, reconciliation starts it.
 */
export const considerTraining = async (
  dependencies: StartDependencies,
  tenant: string,
  model: Model,
  occasion: Occasion,
  request: Request = trigger,
): Promise<Considered> => {
  const { store, machine, clock } = dependencies;
  const considered = await untilStored(`the training of ${model.name}`, async (): Promise<Considered | undefined> => {
    const { state, ...situation } = await assess(dependencies, tenant, model);
    const { accepted, newCases } = situation;
    const decision = decideTrigger(occasion, { state, ...situation });
    const found = { decision, accepted, newCases, activeJob: state.activeJob };
    if (!decision.due) return found;
    const now = clock.now();
    const given = {
      id: newId('job', now),
      trigger: decision.reason,
      reason: request.reason ?? decision.detail,
      actor: request.actor,
      recipe: chooseRecipe(model.recipe, request.recipe),
      seed: request.seed ?? defaultSeed,
      rollOut: request.rollOut ?? true,
      instanceType: model.policies.training.instanceType,
      maximumSeconds: model.policies.training.maximumSeconds,
      createdAt: timestamp(clock),
    };
    const change = queueJob(state, given, { accepted, newCases });
    return (await store.commit(tenant, model.name, change)) ? { ...found, job: change.job } : undefined;
  });
  if (considered.job !== undefined) await machine.start(tenant, model.name, considered.job);
  return considered;
};

const assess = async ({ store, counts, clock }: StartDependencies, tenant: string, model: Model) => {
  // The state first: with counts from before its reading, a training that ends in between would start again at once.
  const state = await store.state(tenant, model.name);
  const [head, trained] = await Promise.all([counts.head(tenant, model.name), counts.trained(tenant, model.name)]);
  const policy = model.policies.training;
  const enough = checkEnough(head, policy);
  return {
    state,
    policy,
    registeredAt: model.createdAt,
    accepted: head.accepted,
    newCases: head.accepted - trained,
    shortage: enough.enough ? undefined : enough.detail,
    now: clock.now(),
  };
};
