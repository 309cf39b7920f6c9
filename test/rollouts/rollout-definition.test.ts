import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';

/** The package declares no types. */
const validate = createRequire(import.meta.url)('asl-validator') as (definition: object) => {
  readonly isValid: boolean;
  readonly errors: readonly object[];
};

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly { ErrorEquals: readonly string[]; MaxAttempts: number; JitterStrategy?: string }[];
  readonly Catch?: readonly { ErrorEquals: readonly string[]; Next: string }[];
  readonly ItemProcessor?: { readonly States: Readonly<Record<string, State>> };
}

const text = readFileSync(new URL('../../statemachines/rollouts/rollout.asl.json', import.meta.url), 'utf8');
const definition = JSON.parse(text) as {
  readonly TimeoutSeconds: number;
  readonly States: Readonly<Record<string, State>>;
};
const states = Object.entries(definition.States);
const inMaps = states.flatMap(([, { ItemProcessor }]) => Object.entries(ItemProcessor?.States ?? {}));
const tasks = [...states, ...inMaps].filter(([, { Type }]) => Type === 'Task');
const functions = tasks.filter(([, { Resource = '' }]) => Resource.startsWith('${'));

describe('the rollout machine', () => {
  it('is a valid definition', () => {
    expect(validate(definition)).toMatchObject({ isValid: true, errors: [] });
  });

  it.each(tasks)('bounds %s, and repeats it with jitter', (_, { TimeoutSeconds = 0, Retry = [] }) => {
    expect(TimeoutSeconds).toBeGreaterThan(0);
    expect(TimeoutSeconds).toBeLessThan(definition.TimeoutSeconds);
    const repeated = Retry.filter(({ MaxAttempts }) => MaxAttempts > 0);
    expect(repeated.length).toBeGreaterThan(0);
    expect(repeated.every(({ JitterStrategy }) => JitterStrategy === 'FULL')).toBe(true);
  });

  it.each(functions)('repeats %s after what Lambda itself may fail with', (_, { Retry = [] }) => {
    expect(Retry[0]?.ErrorEquals).toEqual([
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Lambda.TooManyRequestsException',
      'Lambda.Unknown',
    ]);
  });

  it.each(states.filter(([, { Type }]) => ['Task', 'Map'].includes(Type)))(
    'keeps the champion, or leaves the rollout to the next attempt, whatever %s fails with',
    (_, { Catch = [] }) => {
      const last = Catch.at(-1);
      expect(last?.ErrorEquals).toEqual(['States.ALL']);
      expect(['EndRollout', 'LeaveToNextAttempt']).toContain(last?.Next);
    },
  );

  it('calls what the stack puts in place of its placeholders, and nothing else of ours', () => {
    expect(new Set([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name))).toEqual(
      new Set(['BeginRolloutArn', 'JudgeRolloutArn', 'EndRolloutArn', 'AlarmTopicArn']),
    );
  });
});
