import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { WorkflowError } from '../../contracts/workflows.ts';

/** The package declares no types. */
const validate = createRequire(import.meta.url)('asl-validator') as (definition: object) => {
  readonly isValid: boolean;
  readonly errors: readonly object[];
};
const file = join(import.meta.dirname, '../../statemachines/training/retrain.asl.json');

interface State {
  readonly Type: string;
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly { ErrorEquals: readonly string[]; JitterStrategy?: string }[];
  readonly Catch?: readonly { ErrorEquals: readonly string[]; Next: string }[];
}

const definition = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly TimeoutSeconds: number;
  readonly States: Readonly<Record<string, State> & { Submit: State }>;
};
const tasks = Object.entries(definition.States).filter(([, { Type }]) => Type === 'Task');

describe('the retrain machine', () => {
  it('is a valid definition', () => {
    expect(validate(definition)).toMatchObject({ isValid: true, errors: [] });
  });

  it.each(tasks)('bounds and retries %s, with jitter', (_, { TimeoutSeconds = 0, Retry = [] }) => {
    expect(TimeoutSeconds).toBeGreaterThan(0);
    expect(TimeoutSeconds).toBeLessThan(definition.TimeoutSeconds);
    expect(Retry.length).toBeGreaterThan(0);
    expect(Retry.every(({ JitterStrategy }) => JitterStrategy === 'FULL')).toBe(true);
  });

  it.each(tasks.filter(([name]) => name !== 'EndJob'))('ends the job whatever %s fails with', (_, { Catch = [] }) => {
    const caught = Catch.filter(({ Next }) => Next !== 'Paused');
    expect(caught).toMatchObject([{ ErrorEquals: ['States.ALL'], Next: 'EndJob' }]);
  });

  it('leaves a job as it is that is paused while it waits for its training, and at no other time', () => {
    const paused = tasks.filter(([, { Catch = [] }]) => Catch.some(({ Next }) => Next === 'Paused'));
    expect(paused.map(([name]) => name)).toEqual(['Submit']);
    expect(definition.States.Submit.Catch?.[0]?.ErrorEquals).toEqual([WorkflowError.Paused]);
  });

  it('matches only errors that are declared', () => {
    const declared: readonly string[] = Object.values(WorkflowError);
    const matched = tasks.flatMap(([, { Retry = [], Catch = [] }]) => [...Retry, ...Catch]);
    const own = matched
      .flatMap(({ ErrorEquals }) => ErrorEquals)
      .filter((name) => !/^(States|Lambda|Sandbox)\./.test(name));
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter((name) => !declared.includes(name))).toEqual([]);
  });

  it('waits for a training for most of the year that an execution may last', () => {
    const daySeconds = 86_400;
    expect(definition.States.Submit.TimeoutSeconds).toBeGreaterThan(360 * daySeconds);
    expect(definition.TimeoutSeconds).toBeLessThanOrEqual(365 * daySeconds);
  });
});
