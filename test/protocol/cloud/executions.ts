/** Step Functions in memory: executions of the rollout's state machine, and the port that starts them. */

import type { RolloutInput } from '../../../contracts/workflows.ts';
import { AttemptState, type RolloutMachine } from '../../../functions/rollouts/machine.ts';
import type { Process, Scheduler } from './scheduler.ts';
import { interpret, type StateMachine } from './state-machine.ts';

const never = new Promise<never>(() => {});

export class Execution {
  readonly name: string;
  readonly input: RolloutInput;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED' = 'RUNNING';
  /** The task that it waits for. */
  task: Process | undefined;
  /** The moment that it waits for, milliseconds since 1970. */
  wakesAt: number | undefined;
  private wake: () => void = () => {};
  private timeOut: (error: Error) => void = () => {};

  constructor(name: string, input: RolloutInput) {
    this.name = name;
    this.input = input;
  }

  get isRunning(): boolean {
    return this.status === 'RUNNING';
  }

  begin(machine: StateMachine, now: () => number, spawn: (resource: string, input: unknown, state: string) => Process) {
    const gone = <Result>(result: Promise<Result>): Promise<Result> =>
      result.then(
        (value) => (this.isRunning ? value : never),
        (error: unknown) => (this.isRunning ? Promise.reject(error) : never),
      );
    const host = {
      task: (resource: string, input: unknown, state: string): Promise<unknown> => {
        const task = spawn(resource, input, state);
        this.task = task;
        const late = new Promise<never>((_, reject) => {
          this.timeOut = reject;
        });
        return gone(
          Promise.race([task.outcome, late]).finally(() => {
            this.task = undefined;
          }),
        );
      },
      wait: (seconds: number): Promise<void> => {
        this.wakesAt = now() + seconds * 1000;
        return gone(
          new Promise((resolve) => {
            this.wake = resolve;
          }),
        );
      },
    };
    interpret(machine, this.input, host).then(
      () => this.end('SUCCEEDED'),
      () => this.end('FAILED'),
    );
  }

  /** Goes on after its wait. */
  resume(): void {
    this.wakesAt = undefined;
    this.wake();
  }

  /** Gives up its task, which may run on unseen. @returns that task */
  giveUp(): Process | undefined {
    const { task } = this;
    this.timeOut(Object.assign(new Error('The task took too long.'), { name: 'States.Timeout' }));
    return task;
  }

  /** Stopped from outside. @returns the task that runs on unseen */
  abort(): Process | undefined {
    const { task } = this;
    this.end('ABORTED');
    return task;
  }

  private end(status: Execution['status']): void {
    if (this.isRunning) this.status = status;
    this.wakesAt = undefined;
  }
}

export class Executions {
  readonly all = new Map<string, Execution>();
  private readonly begin: (execution: Execution) => void;

  constructor(begin: (execution: Execution) => void) {
    this.begin = begin;
  }

  get running(): Execution[] {
    return [...this.all.values()].filter(({ isRunning }) => isRunning);
  }

  /** A name is given once; one that was given already is left as it is. */
  start(name: string, input: RolloutInput): void {
    if (this.all.has(name)) return;
    const execution = new Execution(name, input);
    this.all.set(name, execution);
    this.begin(execution);
  }
}

const nameOf = ({ rollout, attempt }: RolloutInput): string => `${rollout}-${attempt}`;

/** The port, as `openRolloutMachine` gives it. */
export const rolloutMachineOf = (executions: Executions, call: Scheduler['call']): RolloutMachine => ({
  start: (input) =>
    call('states:StartExecution', (fault) => {
      executions.start(nameOf(input), input);
      if (fault === 'sent-twice') executions.start(nameOf(input), input);
    }),
  stateOf: (input) =>
    call('states:DescribeExecution', () => {
      const execution = executions.all.get(nameOf(input));
      if (execution === undefined) return AttemptState.Absent;
      return execution.isRunning ? AttemptState.Running : AttemptState.Over;
    }),
});
