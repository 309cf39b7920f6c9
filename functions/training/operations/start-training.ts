import type { Model } from '../../../contracts/model.ts';
import type { NewJob } from '../../../contracts/training.ts';
import { type CaseCounts, checkEnough } from '../../cases/index.ts';
import { type Clock, timestamp } from '../../platform/clock.ts';
import { newId } from '../../platform/ids.ts';
import { untilStored } from '../../platform/until-stored.ts';
import { type Budget, monthOf } from '../domain/budget.ts';
import { queueJob } from '../domain/job-changes.ts';
import type { JobRecord } from '../domain/job-record.ts';
import { machinesOf } from '../domain/machines.ts';
import { chooseRecipe } from '../domain/training-run.ts';
import type { TrainingState } from '../domain/training-state.ts';
import { type Decision, decideTrigger, Occasion } from '../domain/trigger.ts';
import type { RetrainMachine } from '../services/machine.ts';
import type { Decisions } from '../store/decisions.ts';
import type { TrainingStore } from '../store/training-store.ts';

export interface StartDependencies {
  readonly store: Pick<TrainingStore, 'state' | 'commit'>;
  readonly counts: Pick<CaseCounts, 'head' | 'trained'>;
  readonly machine: Pick<RetrainMachine, 'start'>;
  readonly budget: Pick<Budget, 'spent'>;
  readonly decisions: Pick<Decisions, 'record'>;
  readonly clock: Clock;
}

/** What an operator chooses for a training that they ask for. */
export interface Request extends Partial<NewJob> {
  /** As the audit names who asks. */
  readonly actor: string;
  /** What the occasion came of, in a sentence, where it has a cause of its own. */
  readonly cause?: string;
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
 * The count trigger begins to wait for cases that come together, and who comes later waits for the same end; where
 * there are too few for it again, the next wait is a new one.
 *
 * @returns undefined where nothing changes
 */
const debounce = (
  occasion: Occasion,
  { reason }: Pick<Decision, 'reason'>,
  { dueSince, ...state }: TrainingState,
  at: string,
): TrainingState | undefined => {
  const revision = state.revision + 1;
  if (reason === 'debouncing') return dueSince === undefined ? { ...state, dueSince: at, revision } : undefined;
  return dueSince === undefined || occasion !== Occasion.Accepted ? undefined : { ...state, revision };
};

/**
 * Decides whether a model is trained now, and starts the training where it is. However many ask at once, one training
 * starts: each decides on what it read, and what it decides is stored only where that still stands. Where the machine
 * is not started any more, reconciliation starts it. A decision not to train is kept with its reason.
 */
export const considerTraining = async (
  dependencies: StartDependencies,
  tenant: string,
  model: Model,
  occasion: Occasion,
  request: Request = trigger,
): Promise<Considered> => {
  const { store, machine, decisions, clock } = dependencies;
  const considered = await untilStored(`the training of ${model.name}`, async (): Promise<Considered | undefined> => {
    const now = clock.now();
    const recipe = chooseRecipe(model.recipe, request.recipe);
    const policy = model.policies.training;
    const machines = machinesOf(recipe, policy);
    const { state, ...situation } = await assess(dependencies, tenant, model, machines.estimatedDollars);
    const { accepted, newCases } = situation;
    const decision = decideTrigger(occasion, { state, ...situation }, request.cause);
    const found = { decision, accepted, newCases, activeJob: state.activeJob };
    if (!decision.due) {
      const debounced = debounce(occasion, decision, state, timestamp(clock));
      if (debounced === undefined) return found;
      return (await store.commit(tenant, model.name, { state: debounced, audit: [] })) ? found : undefined;
    }
    const given = {
      id: newId('job', now),
      trigger: decision.reason,
      reason: request.reason ?? decision.detail,
      actor: request.actor,
      recipe,
      ...machines,
      ...(policy.monthlyBudget === undefined ? {} : { allowedDollars: policy.monthlyBudget - situation.spent }),
      seed: request.seed ?? defaultSeed,
      rollOut: request.rollOut ?? true,
      createdAt: timestamp(clock),
    };
    const { dueSince: _, ...debounced } = state;
    const change = queueJob(debounced, given, { accepted, newCases });
    return (await store.commit(tenant, model.name, change)) ? { ...found, job: change.job } : undefined;
  });
  const { decision, job } = considered;
  if (job !== undefined) await machine.start(tenant, model.name, job);
  if (!decision.due) await decisions.record(tenant, model.name, decision);
  return considered;
};

const assess = async (
  { store, counts, budget, clock }: StartDependencies,
  tenant: string,
  model: Model,
  estimated: number,
) => {
  // The state first: with counts from before its reading, a training that ends in between would start again at once.
  const state = await store.state(tenant, model.name);
  const [head, trained, spent] = await Promise.all([
    counts.head(tenant, model.name),
    counts.trained(tenant, model.name),
    budget.spent(tenant, model.name, monthOf(timestamp(clock))),
  ]);
  const policy = model.policies.training;
  const enough = checkEnough(head, policy);
  return {
    state,
    policy,
    registeredAt: model.createdAt,
    accepted: head.accepted,
    newCases: head.accepted - trained,
    shortage: enough.enough ? undefined : enough.detail,
    spent,
    estimated,
    now: clock.now(),
  };
};
