/** Calls of the platform's functions: by operators, by the alarms' topic, by schedules, late and repeated. */
import fc from 'fast-check';
import { isFinishedRollout } from '../../../contracts/statuses.ts';
import { rolloutOfAlarm } from '../../../contracts/telemetry.ts';
import { tenant } from '../cloud/cloud.ts';
import type { Process } from '../cloud/scheduler.ts';
import { drive, type Fate, smooth, type Turn, takeTurns, wake } from '../drive.ts';
import type { Sequence } from '../sequence.ts';
import { type Event, events, evidence, happen, someModel as model } from './environment.ts';
import { fates } from './fates.ts';
import { type Kind, which } from './step.ts';

/** A call that may be made alone, or while another one is on its way. */
type Operation =
  | {
      readonly kind: 'deploy';
      readonly model: number;
      readonly version: number;
      readonly override: boolean;
      readonly rival: number | undefined;
    }
  | { readonly kind: 'roll out trained'; readonly model: number; readonly version: number }
  | { readonly kind: 'roll back by hand'; readonly model: number; readonly from: number | undefined }
  | { readonly kind: 'deliver an alarm'; readonly message: number }
  | { readonly kind: 'deliver a forged alarm'; readonly forged: Forged }
  | { readonly kind: 'judge'; readonly rollout: number }
  | { readonly kind: 'reconcile' }
  | { readonly kind: 'answer an approval'; readonly rollout: number; readonly approve: boolean }
  | { readonly kind: 'drill'; readonly model: number }
  | { readonly kind: 'drill what is due' }
  | { readonly kind: 'go on with a machine'; readonly execution: number };

const pickFrom = <Thing>(things: readonly Thing[], index: number): Thing | undefined => things[index % things.length];

/** Messages that must change nothing: of a rollout that is well, has ended or is none, or of an alarm that is no guard. */
const Forged = { Ok: 'ok', NoGuard: 'no-guard', Ended: 'ended', Unknown: 'unknown', Garbage: 'garbage' } as const;
type Forged = (typeof Forged)[keyof typeof Forged];

const forge = (sequence: Sequence, forged: Forged): string => {
  const rollouts = sequence.rollouts().map(({ rollout }) => rollout);
  const nobody = `rol_${'0'.repeat(26)}`;
  const running = rollouts.find(({ status }) => !isFinishedRollout(status))?.id ?? nobody;
  const ended = rollouts.find(({ status }) => isFinishedRollout(status))?.id ?? nobody;
  const message = (id: string, NewStateValue: string, alarm = 'failing') =>
    JSON.stringify({ AlarmName: `relearn-${id}-${alarm}`, NewStateValue });
  const messages: Readonly<Record<Forged, string>> = {
    ok: message(running, 'OK'),
    'no-guard': message(running, 'ALARM', 'failing-rate'),
    ended: message(ended, 'ALARM'),
    unknown: message(nobody, 'ALARM'),
    garbage: '{"AlarmName":',
  };
  return messages[forged];
};

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

const kind = <Name extends string>(name: Name) => fc.constant(name);

const operations: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: kind('deploy'),
      model,
      version: which,
      override: fc.boolean(),
      rival: fc.option(which, { nil: undefined, freq: 8 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind('roll out trained'), model, version: which }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind('roll back by hand'),
      model,
      from: fc.option(which, { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind('deliver an alarm'), message: which }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: kind('deliver a forged alarm'),
      forged: fc.constantFrom(...Object.values(Forged)),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind('judge'), rollout: which }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('reconcile') }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kind('answer an approval'),
      rollout: fc.constantFrom(0, 0, 0, 1),
      approve: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('drill'), model }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('drill what is due') }) },
);

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
    first: fc.oneof(operations, fc.record({ kind: kind('go on with a machine'), execution: which })),
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
