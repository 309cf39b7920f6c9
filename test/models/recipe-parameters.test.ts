import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { recipeFaults } from '../../contracts/model.ts';
import { parametersText } from '../../contracts/recipe-parameters.ts';
import { root } from '../../local/paths.ts';
import { declare } from './declarations.ts';

type Parameters = Record<string, string>;
type RecipeName = 'tabular' | 'network' | 'drill';

/** The program's tests have them too: what it refuses is refused at the door, and nothing else. */
const examples: Record<RecipeName, { readonly fit: Parameters[]; readonly unfit: Parameters[] }> = JSON.parse(
  readFileSync(join(root, 'training-container/tests/recipe_parameters.json'), 'utf8'),
);

const of = (kind: 'fit' | 'unfit') =>
  (Object.keys(examples) as RecipeName[]).flatMap((name) =>
    examples[name][kind].map((given) => [name, given] as const),
  );

const { schema } = declare();
const model = declare({
  schema: {
    ...schema,
    fields: {
      ...schema.fields,
      seenAt: { kind: 'feature', type: 'timestamp', deidentified: true },
      note: { kind: 'feature', type: 'text', deidentified: true },
      born: { kind: 'date' },
      admitted: { kind: 'date', feature: true },
      age: { kind: 'age', feature: true },
      zip: { kind: 'zip', feature: true },
    },
  },
});
const faultsOf = (name: RecipeName, parameters: Parameters): string[] =>
  recipeFaults(model, { name, parameters }).map(({ path, message }) => `${path.join('/')}: ${message}`);

describe('parameters of a recipe', () => {
  test.each(of('fit'))('are taken: %s %j', (name, given) => {
    expect(faultsOf(name, given)).toEqual([]);
  });

  test.each(of('unfit'))('are refused: %s %j', (name, given) => {
    const [parameter = 'behaviour'] = Object.keys(given).filter((key) => key !== 'behaviour');
    expect(faultsOf(name, given)).toEqual([expect.stringContaining(`parameters/${parameter}`)]);
  });

  test('that no recipe has are answered with those that it has', () => {
    expect(faultsOf('drill', { behaviour: 'nan', 'a b': 'c' })).toEqual([
      'parameters/a b: expected a parameter of drill: behaviour, algorithm, flippedShare',
    ]);
    expect(parametersText).toContain('drill takes behaviour, algorithm, flippedShare');
  });

  test('name for an order what can tell it', () => {
    for (const order of ['receivedAt', 'radius', 'seenAt', 'admitted', 'age']) {
      expect(faultsOf('tabular', { order })).toEqual([]);
    }
    for (const order of ['colour', 'side', 'note', 'born', 'zip', 'recordNumber', '__proto__', '']) {
      expect(faultsOf('tabular', { order })).toEqual([
        'parameters/order: expected receivedAt or radius or seenAt or admitted or age: a number, a timestamp, a date or an age that is a feature',
      ]);
    }
  });
});
