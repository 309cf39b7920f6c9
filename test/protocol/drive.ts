/** Lets processes go on, call by call, with what goes wrong on the way. */
import type { Cloud } from './cloud/cloud.ts';
import type { Execution } from './cloud/executions.ts';
import { type Fault, FaultError, type Process } from './cloud/scheduler.ts';
import { ViolationError } from './monitor/invariant.ts';
import { Rule } from './monitor/rules.ts';

/** What becomes of a process. */
export interface Fate {
  /** By the number of its call, from 1, since it was begun or went on. */
  readonly faults: readonly { readonly at: number; readonly fault: Fault }[];
  /** Calls after which it is left standing, and nobody waits for it. */
  readonly pauseAfter?: number | undefined;
  /** Which of several calls that it waits for at once comes first. */
  readonly pick: number;
}

export const smooth: Fate = { faults: [], pick: 0 };

/** More calls than any function makes: twelve tries of the longest. */
const mostCalls = 1000;

/** Errors that a caller has to expect, beside those of faults. */
const expected = ['Problem', 'ConflictError', 'ArtifactError'];

const isExpected = (error: unknown): boolean => {
  if (error instanceof AggregateError) return error.errors.every(isExpected);
  if (!(error instanceof Error)) return false;
  return error instanceof FaultError || expected.includes(error.name) || isExpected(error.cause);
};

/**
 * What a service answers to the state machine is the machine's affair.
 *
 * @throws ViolationError where a function ended with an error that nobody expects
 */
const assertEnded = async ({ name, about, outcome }: Process): Promise<void> => {
  if (about.kind === 'service') return;
  try {
    await outcome;
  } catch (error) {
    if (isExpected(error)) return;
    const { name: kind, message } = error as Error;
    throw new ViolationError([Rule.ExpectedErrors, `${name} ended with ${kind}: ${message}`]);
  }
};

/** Follows a fate over the calls of one process, or of the tasks of an execution one after another. */
const follow = ({ faults, pauseAfter, pick }: Fate) => {
  let calls = 0;
  return {
    pick,
    /** Counts the next call. @returns what goes wrong at it */
    next: (): Fault | undefined => {
      calls += 1;
      return faults.find(({ at }) => at === calls)?.fault;
    },
    isOver: (): boolean => calls === pauseAfter,
  };
};
type Course = ReturnType<typeof follow>;

/** @returns false where the process was left standing */
const driveOn = async (cloud: Cloud, process: Process, course: Course): Promise<boolean> => {
  const { scheduler } = cloud;
  for (let call = 1; !process.done; call += 1) {
    if (call > mostCalls) throw new ViolationError([Rule.FunctionsEnd, `${process.name} goes on for ever`]);
    if (!(await scheduler.step(process, course.next(), course.pick))) await scheduler.settle();
    if (course.isOver() && !process.done) {
      cloud.strays.push(process);
      cloud.count('left standing');
      return false;
    }
  }
  await assertEnded(process);
  return true;
};

export const drive = (cloud: Cloud, process: Process, fate: Fate): Promise<boolean> =>
  driveOn(cloud, process, follow(fate));

/** One process makes some calls while the others stand. */
export interface Turn {
  /** The index of the process. */
  readonly process: number;
  readonly calls: number;
}

export const takeTurns = async (
  { scheduler }: Cloud,
  processes: readonly Process[],
  turns: readonly Turn[],
): Promise<void> => {
  for (const { process: index, calls } of turns) {
    const process = processes[index % processes.length];
    for (let call = 0; call < calls && process?.done === false; call += 1) await scheduler.step(process);
  }
};

/** Ends the wait of an execution, if it waits. @returns its next task */
export const wake = async (cloud: Cloud, execution: Execution): Promise<Process | undefined> => {
  if (execution.wakesAt !== undefined) {
    cloud.pass(Math.max(0, execution.wakesAt - cloud.now()));
    execution.resume();
    await cloud.scheduler.settle();
  }
  return execution.task;
};

/** Lets an execution go on to its next wait, or to its end. */
export const advance = async (cloud: Cloud, execution: Execution, fate: Fate): Promise<void> => {
  const course = follow(fate);
  await wake(cloud, execution);
  while (execution.isRunning && execution.wakesAt === undefined) {
    const { task } = execution;
    if (task !== undefined && !(await driveOn(cloud, task, course))) return;
    await cloud.scheduler.settle();
  }
};
