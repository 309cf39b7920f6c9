/** What Step Functions makes of the constructs that the rollout's state machine is built from. */
import { expect, it } from '@jest/globals';
import type { StateMachine } from '../cloud/state-machine.ts';

/** Runs a machine to its end. @returns its output, or the name of the error that it failed with */
export type RunMachine = (definition: StateMachine, input: object) => Promise<{ output: unknown } | { error: string }>;

const machine = (states: StateMachine['States'], StartAt: string): StateMachine =>
  ({ QueryLanguage: 'JSONata', StartAt, States: states }) as StateMachine;

const loop = machine(
  {
    Begin: { Type: 'Pass', Assign: { rounds: 0, plan: '{% $states.input %}' }, Next: 'Wait' },
    Wait: { Type: 'Wait', Seconds: '{% $plan.waitSeconds %}', Next: 'Count' },
    Count: { Type: 'Pass', Assign: { rounds: '{% $rounds + 1 %}' }, Output: { seen: '{% $rounds %}' }, Next: 'IsOver' },
    IsOver: {
      Type: 'Choice',
      Choices: [{ Condition: '{% $rounds >= $plan.rounds %}', Next: 'Done' }],
      Default: 'Wait',
    },
    Done: { Type: 'Succeed' },
  },
  'Begin',
);

/** Deletes alarms one by one; an item without a name gives nothing to call with. */
const cleanUp = (Catch: readonly object[]): StateMachine => {
  const deleteAlarm = {
    Type: 'Task',
    Resource: 'arn:aws:states:::aws-sdk:cloudwatch:deleteAlarms',
    Arguments: { AlarmNames: '{% $exists($states.input.name) ? [$states.input.name] %}' },
    Retry: [
      { ErrorEquals: ['CloudWatch.ResourceNotFoundException', 'CloudWatch.ResourceNotFound'], MaxAttempts: 0 },
      { ErrorEquals: ['States.QueryEvaluationError'], IntervalSeconds: 1, MaxAttempts: 1 },
    ],
    Catch: Catch as never,
    Next: 'IsGone',
  };
  const states = {
    Delete: {
      Type: 'Map',
      Items: '{% $states.context.Execution.Input.alarms %}',
      ItemProcessor: { StartAt: 'DeleteAlarm', States: { DeleteAlarm: deleteAlarm, IsGone: { Type: 'Succeed' } } },
      Output: { deleted: '{% $count($states.result) %}' },
      Catch: [{ ErrorEquals: ['States.ALL'], Output: { given: '{% $states.input %}' }, Next: 'Leave' }],
      Next: 'Done',
    },
    Done: { Type: 'Succeed' },
    Leave: { Type: 'Fail', Error: 'RolloutOpenError', Cause: 'some alarm is there still' },
  };
  return machine(states, 'Delete');
};

const alarms = [{ name: 'one' }, {}];
const caughtWithin = [
  { ErrorEquals: ['CloudWatch.ResourceNotFoundException', 'CloudWatch.ResourceNotFound'], Next: 'IsGone' },
  { ErrorEquals: ['States.QueryEvaluationError'], Next: 'IsGone' },
];

/** @param run - the same for each test */
export const statesSuite = (run: RunMachine): void => {
  it('keeps variables from state to state, and decides by them', async () => {
    expect(await run(loop, { waitSeconds: 0, rounds: 3 })).toEqual({ output: { seen: 2 } });
  });

  it('processes each item of a map, and goes on where an error is caught', async () => {
    expect(await run(cleanUp(caughtWithin), { alarms })).toEqual({ output: { deleted: 2 } });
  });

  it('catches around a map what is caught nowhere within, and fails with the name that it is given', async () => {
    expect(await run(cleanUp(caughtWithin.slice(0, 1)), { alarms })).toEqual({ error: 'RolloutOpenError' });
  });
};
