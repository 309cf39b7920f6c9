import { objectKeys } from '../../../contracts/keys.ts';
import { TrainedOutput } from '../../../contracts/workflows.ts';
import { timestamp } from '../../platform/clock.ts';
import { untilStored } from '../../platform/until-stored.ts';
import { backoffSeconds } from '../domain/capacity.ts';
import { dollarsOf, secondsOf } from '../domain/cost.ts';
import type { JobRecord } from '../domain/job-record.ts';
import { timesRefused } from '../domain/run-changes.ts';
import { outcomeOf } from '../domain/run-outcome.ts';
import { hasEnded, type RunState } from '../domain/run-state.ts';
import { type Message, settle } from '../domain/settlement.ts';
import { artifactKeyOf } from '../domain/training-run.ts';
import type { RunOwner } from '../store/training-store.ts';
import { followRun } from './follow-run.ts';
import type { RunDependencies } from './run-dependencies.ts';

/**
 * Settles the end of a run: it is charged, its job goes on or its machine is told, and its place is given back. Each
 * step may be repeated, so that the end may be heard of often.
 *
 * @param run - its name; it may be its job's no longer
 */
export const settleRun = async (
  dependencies: RunDependencies,
  owner: RunOwner,
  run: string,
  state: RunState,
): Promise<void> => {
  if (!hasEnded(state)) return;
  const { budget, capacity } = dependencies;
  const { tenant, model, instanceType, spot } = owner;
  await budget.charge(tenant, model, run, dollarsOf({ instanceType, spot, seconds: secondsOf(state) }));
  // The word of its beginning may come later than that of its end, or never.
  await followRun(dependencies, owner, run, state);
  const told = await storeEnd(dependencies, owner, run, state);
  await capacity.release(instanceType, run);
  if (told.message !== undefined) await tell(dependencies, owner, told.job, told.message);
};

type Told = { readonly message: undefined } | { readonly message: Message; readonly job: JobRecord };

const storeEnd = (
  { store, clock, random }: RunDependencies,
  owner: RunOwner,
  run: string,
  state: RunState,
): Promise<Told> =>
  untilStored(`the training job ${owner.job}`, async (): Promise<Told | undefined> => {
    const job = await store.job(owner);
    const outcome = job?.run?.name === run ? outcomeOf(state, job) : undefined;
    if (job === undefined || outcome === undefined || outcome.kind === 'going-on') return { message: undefined };
    const seconds = backoffSeconds(timesRefused(job, owner.instanceType) + 1, random());
    const until = new Date(clock.now() + seconds * 1000).toISOString();
    const { change, message } = settle(job, { outcome, seconds: secondsOf(state), at: timestamp(clock), until });
    if (change !== undefined && !(await store.commit(owner.tenant, owner.model, change))) return undefined;
    return message === undefined ? { message } : { message, job };
  });

const tell = async (
  { tokens }: RunDependencies,
  { tenant, model }: RunOwner,
  { taskToken, run }: JobRecord,
  message: Message,
): Promise<void> => {
  if (taskToken === undefined || run === undefined) return;
  if (message.kind === 'failed') {
    await tokens.fail(taskToken, message.error, message.cause);
    return;
  }
  const artifactKey = artifactKeyOf(objectKeys.trainingOutput(tenant, model), run.name);
  await tokens.succeed(taskToken, TrainedOutput.parse({ artifactKey }));
};
