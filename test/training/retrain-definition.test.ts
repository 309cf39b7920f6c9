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
    expect(Catch).toMatchObject([{ ErrorEquals: ['States.ALL'], Next: 'EndJob' }]);
  });

  it('matches only errors that are declared', () => {
    const declared: readonly string[] = Object.values(WorkflowError);
    const matched = tasks.flatMap(([, { Retry = [], Catch = [] }]) => [...Retry, ...Catch]);
    const own = matched.flatMap(({ ErrorEquals }) => ErrorEquals).filter((name) => !/^(States|Lambda)\./.test(name));
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter((name) => !declared.includes(name))).toEqual([]);
  });

  it('waits for capacity longer than for anything else it repeats', () => {
    const retries = definition.States.Submit.Retry ?? [];
    expect(retries[0]?.ErrorEquals).toEqual([WorkflowError.Capacity]);
  });
});
