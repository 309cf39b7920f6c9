import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { objectKeys } from '../../contracts/keys.ts';
import type { Servable } from '../../contracts/route-item.ts';
import type { ArtifactSource } from '../../functions/inference/artifacts.ts';
import { ArtifactError, InvalidInputError, ModelFailureError } from '../../functions/inference/model-errors.ts';
import { openServingFrom, type ServingOptions } from '../../functions/inference/serving.ts';
import { graphOf, holdoutOf, inputOf, schemaOf, servableOf, type Trained, tensorsOf } from './fixtures.ts';

/** A bucket in memory, that counts how often an object is fetched. */
const bucketOf = (objects: Record<string, Uint8Array>) => {
  const fetched: string[] = [];
  const source: ArtifactSource = {
    open: async (key) => {
      fetched.push(key);
      const content = objects[key];
      if (content === undefined) return undefined;
      const starts = Array.from({ length: Math.ceil(content.length / 70_000) }, (_, index) => index * 70_000);
      return Readable.from(starts.map((start) => content.subarray(start, start + 70_000)));
    },
  };
  return { fetched, source };
};

const keyOf = (tenant: string, { digest }: Servable): string => objectKeys.artifact(tenant, digest);

/** Serving of tenant acme, whose bucket holds the versions given. */
const serve = (names: readonly Trained[], options?: ServingOptions) => {
  const objects = Object.fromEntries(names.map((name) => [keyOf('acme', servableOf(name)), graphOf(name)]));
  const { fetched, source } = bucketOf(objects);
  return { fetched, ...openServingFrom(source, options) };
};

/** A valid graph of more bytes than fit a buffer: its documentation, field 6 of the file, is long. */
const largeGraph = (): Uint8Array => {
  const length = 21 * 2 ** 20;
  const varint = [(length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, ((length >> 14) & 0x7f) | 0x80, length >> 21];
  return Buffer.concat([graphOf('logistic'), Uint8Array.from([6 * 8 + 2, ...varint]), Buffer.alloc(length, 'x')]);
};

describe('a version is loaded', () => {
  test('once, however many ask at the same moment, and then from memory', async () => {
    const { load, loaded, fetched } = serve(['logistic']);
    expect(loaded('acme', servableOf('logistic'))).toBeUndefined();
    await Promise.all(Array.from({ length: 10 }, () => load('acme', servableOf('logistic'))));
    await load('acme', servableOf('logistic'));
    expect(loaded('acme', servableOf('logistic'))?.run(tensorsOf(holdoutOf('logistic')))).toHaveLength(70);
    expect(fetched).toHaveLength(1);
  });

  test('from a file where it is large, of which nothing stays', async () => {
    const content = largeGraph();
    const servable = servableOf('logistic', 'v1.0.0', content);
    const { source } = bucketOf({ [keyOf('acme', servable)]: content });
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('artifact-'));
    const model = await openServingFrom(source).load('acme', servable);
    expect(model.run(tensorsOf(holdoutOf('logistic')))).toHaveLength(70);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('artifact-'))).toEqual(before);
  });

  test('with the classes of its own signature, also where another version has the same artifact', async () => {
    const { load } = serve(['logistic']);
    const servable = servableOf('logistic');
    const classes = ['no', 'yes'];
    const [first, second] = [
      await load('acme', servable),
      await load('acme', { ...servable, version: 'v1.1.0', signature: { ...servable.signature, classes } }),
    ];
    const row = tensorsOf(holdoutOf('logistic').slice(0, 1));
    const place = servable.signature.classes.indexOf(String(first.run(row)[0]?.label));
    expect(second.run(row)[0]?.label).toBe(classes[place]);
  });
});

describe('a version is not loaded', () => {
  test.each<[string, (content: Uint8Array) => Uint8Array]>([
    ['of which a bit is another', (content) => content.map((byte, index) => (index === 500 ? byte ^ 1 : byte))],
    ['of which the end is missing', (content) => content.subarray(0, -1)],
    ['to which something was added', (content) => Buffer.concat([content, Buffer.from('x')])],
    ['that is another', () => graphOf('worse')],
    ['that is empty', () => new Uint8Array()],
  ])('from an artifact %s', async (_, change) => {
    const servable = servableOf('logistic');
    const { source } = bucketOf({ [keyOf('acme', servable)]: change(graphOf('logistic')) });
    const { load, loaded } = openServingFrom(source);
    await expect(load('acme', servable)).rejects.toThrow(ArtifactError);
    expect(loaded('acme', servable)).toBeUndefined();
  });

  test('from a large artifact of which a bit is another, and leaves no file behind', async () => {
    const content = largeGraph();
    const servable = servableOf('logistic', 'v1.0.0', content);
    content[content.length - 1] = 0;
    const { source } = bucketOf({ [keyOf('acme', servable)]: content });
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('artifact-'));
    await expect(openServingFrom(source).load('acme', servable)).rejects.toThrow(ArtifactError);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('artifact-'))).toEqual(before);
  });

  test("from another tenant's artifacts", async () => {
    const { load, fetched } = serve(['logistic']);
    await load('acme', servableOf('logistic'));
    await expect(load('other', servableOf('logistic'))).rejects.toThrow(ArtifactError);
    expect(fetched[1]).toMatch(/^tenants\/other\//);
  });

  test('where the graph has other columns than its signature', async () => {
    const { load } = serve(['logistic']);
    const wrong = { ...servableOf('logistic'), signature: servableOf('categorical').signature };
    await expect(load('acme', wrong)).rejects.toThrow('Expected a graph of 5 numeric and 2 categorical columns');
  });

  test('the next time either, after a failure that was not its own, but the time after', async () => {
    const servable = servableOf('logistic');
    const { source } = bucketOf({ [keyOf('acme', servable)]: graphOf('logistic') });
    let faults = 1;
    const unsteady: ArtifactSource = {
      open: async (key) => {
        faults -= 1;
        if (faults >= 0) throw new Error('the test took the network away');
        return source.open(key);
      },
    };
    const { load } = openServingFrom(unsteady);
    await expect(load('acme', servable)).rejects.toThrow('network');
    await expect(load('acme', servable)).resolves.toHaveProperty('signature');
  });
});

describe('memory', () => {
  const bytes = (name: Trained): number => servableOf(name).bytes;

  test('is bounded: the version used longest ago leaves first', async () => {
    const { load, loaded } = serve(['logistic', 'worse', 'categorical'], {
      maximumBytes: bytes('logistic') + bytes('worse') + bytes('categorical') - 1,
    });
    await load('acme', servableOf('logistic'));
    await load('acme', servableOf('worse'));
    expect(loaded('acme', servableOf('logistic'))).toBeDefined();
    await load('acme', servableOf('categorical'));
    expect(loaded('acme', servableOf('worse'))).toBeUndefined();
    expect(loaded('acme', servableOf('logistic'))).toBeDefined();
    expect(loaded('acme', servableOf('categorical'))).toBeDefined();
  });

  test('keeps the version loaded last, however large', async () => {
    const { load, loaded } = serve(['logistic', 'xgboost'], { maximumBytes: 1 });
    await load('acme', servableOf('logistic'));
    await load('acme', servableOf('xgboost'));
    expect(loaded('acme', servableOf('logistic'))).toBeUndefined();
    expect(loaded('acme', servableOf('xgboost'))).toBeDefined();
  });
});

describe('scoring cases', () => {
  const inputs = (name: Trained) => holdoutOf(name).map((one) => inputOf(name, one));
  const loadOne = async (name: Trained) => serve([name]).load('acme', servableOf(name));

  test.each<Trained>(['logistic', 'xgboost', 'categorical'])('gives what Python gave: %s', async (name) => {
    const answers = await (await loadOne(name)).predict(inputs(name), schemaOf(name));
    for (const [index, { probabilities }] of answers.entries()) {
      const expected = holdoutOf(name)[index]?.probabilities ?? [];
      for (const [column, value] of [...(probabilities ?? [])].entries())
        expect(value).toBeCloseTo(expected[column] ?? 2, 5);
    }
  });

  test.each<Trained>(['nan', 'throws'])('tells row by row that the version failed: %s', async (name) => {
    const model = await loadOne(name);
    const some = inputs(name).slice(0, 3);
    await expect(model.predict(some, schemaOf(name))).rejects.toThrow(ModelFailureError);
    const answers = await model.predictEach(some, schemaOf(name));
    expect(answers.map((answer) => answer instanceof ModelFailureError)).toEqual([true, true, true]);
  });

  test('costs no row its answer because of another', async () => {
    const content = Buffer.from(
      await import('node:fs').then(({ readFileSync }) =>
        readFileSync(`${import.meta.dirname}/fixtures/not-probabilities.onnx`),
      ),
    );
    const schema = {
      fields: {
        a: { kind: 'feature', type: 'number', required: true },
        b: { kind: 'feature', type: 'number', required: true },
      },
      label: { type: 'category', classes: ['x', 'y'] },
    } as const;
    const servable: Servable = {
      version: 'v1.0.0',
      digest: createHash('sha256').update(content).digest('hex'),
      bytes: content.length,
      signature: { numeric: ['b', 'a'], categorical: [], classes: ['x', 'y'] },
      cut: 1,
    };
    const { source } = bucketOf({ [keyOf('acme', servable)]: content });
    const model = await openServingFrom(source).load('acme', servable);
    const rows = [
      { a: 0.75, b: 0.25 },
      { a: 5, b: 5 },
      { a: 0, b: 1 },
    ];
    const answers = await model.predictEach(rows, { ...schema, label: { type: 'category', classes: ['x', 'y'] } });
    expect(answers.map((answer) => (answer instanceof ModelFailureError ? 'failed' : answer.label))).toEqual([
      'y',
      'failed',
      'x',
    ]);
  });

  test('refuses a row that does not fit the schema', async () => {
    const model = await loadOne('logistic');
    await expect(model.predict([{ mean_radius: 'x' }], schemaOf('logistic'))).rejects.toThrow(InvalidInputError);
  });

  test('answers no rows with no answers', async () => {
    expect(await (await loadOne('logistic')).predict([], schemaOf('logistic'))).toEqual([]);
  });
});
