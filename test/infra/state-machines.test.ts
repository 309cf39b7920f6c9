import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import validate from 'asl-validator';
import { WorkflowError } from '../../contracts/workflows.ts';
import { root } from '../../infra/paths.ts';
import { placeholdersOf, requireTimeout, resolvePlaceholders } from '../../infra/platform/placeholders.ts';

interface Handling {
  readonly ErrorEquals: readonly string[];
  readonly MaxAttempts?: number;
  readonly JitterStrategy?: string;
}

interface State {
  readonly Type: string;
  readonly Comment?: string;
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly Handling[];
  readonly Catch?: readonly Handling[];
  readonly ItemProcessor?: { readonly States: Readonly<Record<string, State>> };
}

const folder = join(root, 'statemachines');
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.asl.json'));
const read = (file: string): string => readFileSync(join(folder, file), 'utf8');

/** States with their names, those inside of Map states too. */
const statesOf = (states: Readonly<Record<string, State>>): [string, State][] =>
  Object.entries(states).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...statesOf(state.ItemProcessor?.States ?? {}),
  ]);

const resolved = (file: string): string => {
  const definition = read(file);
  const arns = [...placeholdersOf(definition)].map((name) => [
    name,
    `arn:aws:lambda:eu-west-1:111122223333:function:${name}`,
  ]);
  return resolvePlaceholders(file, definition, Object.fromEntries(arns));
};

const handlings = (state: State): readonly Handling[] => [...(state.Retry ?? []), ...(state.Catch ?? [])];

test('there are the two machines of the product', () => {
  expect(files.sort()).toEqual(['rollouts/rollout.asl.json', 'training/retrain.asl.json']);
});

describe.each(files)('%s', (file) => {
  const all = statesOf(JSON.parse(read(file)).States);
  const tasks = all.filter(([, { Type }]) => Type === 'Task');

  test('is valid once its placeholders are resolved', () => {
    const { isValid, errorsText } = validate(JSON.parse(resolved(file)));
    expect(isValid ? '' : errorsText()).toBe('');
  });

  test('names functions by placeholders alone', () => {
    expect(read(file)).not.toMatch(/arn:aws:lambda/);
  });

  test.each(tasks)('%s has a limit, and retries with jitter', (_, task) => {
    expect(task.TimeoutSeconds).toBeGreaterThan(0);
    const retried = (task.Retry ?? []).filter(({ MaxAttempts }) => MaxAttempts !== 0);
    expect(retried.length).toBeGreaterThan(0);
    for (const { JitterStrategy } of retried) expect(JitterStrategy).toBe('FULL');
  });

  test.each(tasks)('%s catches what is left, or a Map around it does, or it says why not', (name, task) => {
    const around = all.find(
      ([, state]) => state.ItemProcessor !== undefined && name in state.ItemProcessor.States,
    )?.[1];
    const caught = [task, around].some((state) =>
      state?.Catch?.some(({ ErrorEquals }) => ErrorEquals.includes('States.ALL')),
    );
    expect(caught || task.Comment !== undefined).toBe(true);
  });

  test('matches on errors that exist', () => {
    const own: readonly string[] = Object.values(WorkflowError);
    const matched = all.flatMap(([, state]) => handlings(state).flatMap(({ ErrorEquals }) => ErrorEquals));
    const unknown = matched.filter(
      (name) => !own.includes(name) && !/^(States|Lambda|Sandbox|CloudWatch)\.[A-Za-z]+$/.test(name),
    );
    expect(unknown).toEqual([]);
  });

  test('has a limit of its own', () => {
    expect(() => requireTimeout(file, read(file))).not.toThrow();
  });
});

describe('placeholders', () => {
  const definition = '{ "TimeoutSeconds": 60, "Resource": "${OneArn}", "Topic": "${TwoArn}", "Again": "${OneArn}" }';

  test('are replaced wherever they stand', () => {
    const filled = resolvePlaceholders('a.asl.json', definition, { OneArn: 'arn:1', TwoArn: 'arn:2' });
    expect(JSON.parse(filled)).toEqual({ TimeoutSeconds: 60, Resource: 'arn:1', Topic: 'arn:2', Again: 'arn:1' });
  });

  test('without a value fail the synthesis, named', () => {
    expect(() => resolvePlaceholders('a.asl.json', definition, { OneArn: 'arn:1' })).toThrow(
      'a.asl.json: the placeholders do not match; without a value: TwoArn; values that no placeholder asks for: none',
    );
  });

  test('that nobody asks for fail it too', () => {
    const surplus = { OneArn: 'arn:1', TwoArn: 'arn:2', ThreeArn: 'arn:3' };
    expect(() => resolvePlaceholders('a.asl.json', definition, surplus)).toThrow('no placeholder asks for: ThreeArn');
  });

  test.each(['{}', '{ "TimeoutSeconds": 0 }', '{ "TimeoutSeconds": "60" }'])(
    '%s has no limit and fails it',
    (machine) => {
      expect(() => requireTimeout('a.asl.json', machine)).toThrow('expected TimeoutSeconds at the top of the machine');
    },
  );
});
