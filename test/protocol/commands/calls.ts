/** Calls of the platform's functions: alone, at once, late and repeated. */
import fc from 'fast-check';
import { rolloutOfAlarm } from '../../../contracts/telemetry.ts';
import { tenant } from '../cloud/cloud.ts';
import type { Process } from '../cloud/scheduler.ts';
import { drive, type Fate, smooth, type Turn, takeTurns, wake } from '../drive.ts';
import type { Sequence } from '../sequence.ts';
import { type Event, events, evidence, happen } from './environment.ts';
import { fates } from './fates.ts';
import { forge } from './forged.ts';
import { machineGoesOn, type Operation, operations } from './operations.ts';
import { type Kind, which } from './step.ts';

const pickFrom = <Thing>(things: readonly Thing[], index: number): Thing | undefined => things[index % things.length];

/** @returns the process that was begun, if there is anything to call */
const begin = async (sequence: Sequence, operation: Operation): Promise<Process | undefined> => {
  const { cloud, functions } = sequence;
  switch (operation.kind) {
    case 'deploy': {
      const name = sequence.model(operation.model);
      const { version, override, rival } = operation;
      const rivals = rival === undefined ? undefined : [sequence.version(name, rival)];
      return functions.deploy(name, sequence.version(name, version), override, rivals);
    }
    case 'roll out trained': {
      const name = sequence.model(operation.model);
      return functions.rollOutTrained(name, sequence.version(name, operation.version));
    }
    case 'roll back by hand': {
      const name = sequence.model(operation.model);
      const { from } = operation;
      return functions.rollBackByHand(name, from === undefined ? undefined : sequence.version(name, from));
    }
    case 'deliver an alarm': {
      const message = pickFrom(cloud.messages, operation.message);
      return message === undefined ? undefined : functions.onAlarm(message, alarmed(message));
    }
    case 'deliver a forged alarm':
      return functions.onAlarm(forge(sequence, operation.forged), undefined);
    case 'judge': {
      const found = pickFrom(sequence.rollouts(), operation.rollout);
      return found === undefined
        ? undefined
        : functions.judge({ tenant, model: found.model, rollout: found.rollout.id });
    }
    case 'answer an approval': {
      const found = pickFrom(sequence.rollouts(), operation.rollout);
      return found === undefined
        ? undefined
        : functions.answerApproval(found.model, found.rollout.id, operation.approve);
    }
    case 'drill':
      return functions.drill(sequence.model(operation.model));
    case 'drill what is due':
      return functions.drillWhatIsDue();
    case 'reconcile':
      return functions.reconcile();
    case 'go on with a machine': {
      const execution = pickFrom(functions.executions.running, operation.execution);
      return execution === undefined ? undefined : wake(cloud, execution);
    }
  }
};

const alarmed = (message: string): string | undefined =>
  rolloutOfAlarm((JSON.parse(message) as { AlarmName: string }).AlarmName);

const alone: Kind<{ operation: Operation; fate: Fate }> = {
  name: 'call',
  weight: 10,
  given: fc.record({ operation: operations, fate: fates }),
  act: async (sequence, { operation, fate }) => {
    const process = await begin(sequence, operation);
    if (process !== undefined) await drive(sequence.cloud, process, fate);
  },
};

/** @returns what delivers the same message once more */
const again = (sequence: Sequence, operation: Operation): Operation => {
  if (operation.kind !== 'go on with a machine') return operation;
  const execution = pickFrom(sequence.functions.executions.running, operation.execution);
  const judged = sequence.rollouts().findIndex(({ rollout }) => rollout.id === execution?.input.rollout);
  return { kind: 'judge', rollout: Math.max(0, judged) };
};

/** Two workers at once: calls of the one come between calls of the other, and the world goes on meanwhile. */
interface Together {
  readonly first: Operation;
  /** Undefined: the same once more. */
  readonly second: Operation | undefined;
  readonly turns: readonly Turn[];
  /** After the first turn. */
  readonly event: Event | undefined;
}

const atOnce: Kind<Together> = {
  name: 'call at once',
  weight: 7,
  given: fc.record({
    first: fc.oneof(operations, machineGoesOn),
    second: fc.option(operations, { nil: undefined, freq: 1 }),
    turns: fc.array(fc.record({ process: fc.nat({ max: 1 }), calls: fc.integer({ min: 1, max: 14 }) }), {
      minLength: 1,
      maxLength: 6,
      size: 'max',
    }),
    event: fc.option(events, { nil: undefined, freq: 1 }),
  }),
  act: async (sequence, { first, second, turns, event }) => {
    const other = second ?? again(sequence, first);
    const begun = [await begin(sequence, first), await begin(sequence, other)];
    const processes = begun.filter((process) => process !== undefined);
    sequence.cloud.count('two at once');
    await takeTurns(sequence.cloud, processes, turns.slice(0, 1));
    if (event !== undefined) await happen(sequence, event);
    await takeTurns(sequence.cloud, processes, turns.slice(1));
    for (const process of processes) await drive(sequence.cloud, process, smooth);
  },
};

/** Two judges of one rollout, between whose calls its evidence arrives: what most of the protocol is there for. */
const judgeAtOnce: Kind<{ execution: number; calls: readonly number[]; event: Event }> = {
  name: 'judge at once',
  weight: 4,
  given: fc.record({
    execution: which,
    calls: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 2, maxLength: 4 }),
    event: evidence,
  }),
  isPossible: ({ executions }) => executions > 0,
  act: async (sequence, { execution, calls, event }) => {
    const machine: Operation = { kind: 'go on with a machine', execution };
    const begun = [await begin(sequence, machine), await begin(sequence, again(sequence, machine))];
    const processes = begun.filter((process) => process !== undefined);
    const turns = calls.map((count, index) => ({ process: index, calls: count }));
    await takeTurns(sequence.cloud, processes, turns.slice(0, 1));
    await happen(sequence, event);
    await takeTurns(sequence.cloud, processes, turns.slice(1));
    for (const process of processes) await drive(sequence.cloud, process, smooth);
  },
};

/** One that was left standing goes on, late. */
const goOn: Kind<{ stray: number; fate: Fate }> = {
  name: 'go on late',
  weight: 3,
  given: fc.record({ stray: which, fate: fates }),
  isPossible: ({ strays }) => strays > 0,
  act: async ({ cloud }, { stray, fate }) => {
    const [process] = cloud.strays.splice(stray % cloud.strays.length, 1);
    if (process === undefined || process.done) return;
    cloud.count('gone on late');
    await drive(cloud, process, fate);
  },
};

export const calls = { alone, atOnce, judgeAtOnce, goOn };
