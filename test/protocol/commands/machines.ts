/** Executions of the state machine: they go on, lose a task to its time-out or for good, or are stopped. */
import fc from 'fast-check';
import { Given } from '../cloud/evidence.ts';
import type { Execution } from '../cloud/executions.ts';
import { advance, drive, type Fate, smooth, wake } from '../drive.ts';
import type { Sequence } from '../sequence.ts';
import { fates } from './fates.ts';
import { type Kind, which } from './step.ts';

const isPossible = ({ executions }: { executions: number }): boolean => executions > 0;

const executionOf = ({ functions }: Sequence, index: number): Execution | undefined => {
  const { running } = functions.executions;
  return running[index % running.length];
};

const goOn: Kind<{ execution: number; fate: Fate }> = {
  name: 'go on with a machine',
  weight: 12,
  given: fc.record({ execution: which, fate: fates }),
  isPossible,
  act: async (sequence, { execution: index, fate }) => {
    const execution = executionOf(sequence, index);
    if (execution !== undefined) await advance(sequence.cloud, execution, fate);
  },
};

/** The function runs on behind the machine's back, which tries it again. */
const timeOut: Kind<{ execution: number }> = {
  name: 'time out a task',
  weight: 1,
  given: fc.record({ execution: which }),
  isPossible,
  act: async (sequence, { execution: index }) => {
    if (executionOf(sequence, index)?.giveUp() !== undefined) sequence.cloud.count('task timed out');
    await sequence.cloud.scheduler.settle();
  },
};

/** More than a machine tries any task. */
const mostTries = 10;

/** Every try of a task is lost, as where its function is broken: the machine goes on by its Catch. */
const fail: Kind<{ execution: number }> = {
  name: 'fail a task for good',
  weight: 1,
  given: fc.record({ execution: which }),
  isPossible,
  act: async (sequence, { execution: index }) => {
    const { cloud } = sequence;
    const execution = executionOf(sequence, index);
    if (execution === undefined) return;
    const failing = await wake(cloud, execution);
    let task = failing;
    for (let tries = 0; tries < mostTries && task !== undefined && task.name === failing?.name; tries += 1) {
      cloud.scheduler.kill(task);
      await cloud.scheduler.settle();
      task = await wake(cloud, execution);
    }
    cloud.count('task failed for good');
  },
};

const stop: Kind<{ execution: number }> = {
  name: 'stop a machine',
  weight: 1,
  given: fc.record({ execution: which }),
  isPossible,
  act: async (sequence, { execution: index }) => {
    executionOf(sequence, index)?.abort();
    sequence.cloud.count('machine stopped');
  },
};

/** Rounds after which a machine that gets evidence each time has ended its rollout. */
const mostRounds = 30;

/** Everything that speaks for one of the two versions, or against it: cases, rewards, and a person who is asked. */
const speak = async (sequence: Sequence, model: string, worse: boolean): Promise<void> => {
  const { cloud, functions } = sequence;
  const { route, rollouts } = cloud.monitor.deployments.of(model);
  if (route?.challenger === undefined) return;
  const loser = worse ? route.challenger : route.champion;
  cloud.cases(model).seal({ count: 12, given: new Map([[loser.version, Given.Wrong]]), subject: null });
  const rewards = worse ? { champion: 1, challengers: 0 } : { champion: 0, challengers: 1 };
  cloud.outcomes.add(route, cloud.now(), { count: 40, failed: false, ...rewards });
  const { id = '', approval } = rollouts.get(route.rollout ?? '') ?? {};
  if (approval !== undefined) await drive(cloud, functions.answerApproval(model, id, !worse), smooth);
};

/** @param worse - whether all speaks against the challenger */
export const bringToItsEnd = async (sequence: Sequence, execution: Execution, worse: boolean): Promise<void> => {
  for (let round = 0; execution.isRunning && round < mostRounds; round += 1) {
    await speak(sequence, execution.input.model, worse);
    await advance(sequence.cloud, execution, smooth);
  }
};

/** The way to an end in one step, so that sequences come beyond the first rollouts. */
const runOut: Kind<{ execution: number; worse: boolean }> = {
  name: 'bring a machine to its end',
  weight: 3,
  given: fc.record({ execution: which, worse: fc.boolean() }),
  isPossible,
  act: async (sequence, { execution: index, worse }) => {
    const execution = executionOf(sequence, index);
    if (execution !== undefined) await bringToItsEnd(sequence, execution, worse);
  },
};

export const machines = { goOn, timeOut, fail, stop, runOut };
