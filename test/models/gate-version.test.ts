import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type * as z from 'zod';
import type { Manifest } from '../../contracts/datasets.ts';
import { objectKeys } from '../../contracts/keys.ts';
import { ModelDeclaration } from '../../contracts/model.ts';
import { GateCheck, type GateFinding } from '../../contracts/versions.ts';
import { GateInput, GateOutput } from '../../contracts/workflows.ts';
import { openRouteReader, openServing, routeEntity } from '../../functions/inference/index.ts';
import { openGate } from '../../functions/models/gate/gate-version.ts';
import { openModels } from '../../functions/models/index.ts';
import { type ObjectStore, openObjectStore } from '../../functions/platform/object-store.ts';
import { openTable, type Table } from '../../functions/platform/table.ts';
import { startTestServices, type TestServices } from '../support/services.ts';
import { bytesOf, type Files, filesOf, packed, schemaOf, servableOf, type Trained, taskOf } from './trained.ts';

const dataset = `ds_${'a'.repeat(64)}`;
const at = '2026-01-02T03:04:05.000Z';

let services: TestServices;
let table: Table;
let objects: ObjectStore;
let gate: ReturnType<typeof openGate>;
let tenants = 0;
let deliveries = 0;

beforeAll(async () => {
  services = await startTestServices();
  table = openTable(services.tableName);
  objects = openObjectStore(services.bucketName);
  gate = openGate({
    models: openModels(table),
    routes: openRouteReader(table),
    serving: openServing({ objects }),
    objects,
    stopwatch: () => performance.now(),
  });
}, 120_000);

afterAll(async () => {
  await services?.dispose();
});

const textOf = (content: Uint8Array | string = ''): string =>
  typeof content === 'string' ? content : new TextDecoder().decode(content);
const digestOf = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
const json = (content: Uint8Array | string | undefined) => JSON.parse(textOf(content));

/** A tenant of its own, with the model that the fixture was trained for. */
const register = async (name: Trained, policies: object = {}): Promise<string> => {
  tenants += 1;
  const tenant = `tenant-${tenants}`;
  const declaration = ModelDeclaration.parse({ task: taskOf(name), schema: schemaOf(name), policies });
  const model = { ...declaration, name: 'diagnosis', createdAt: at, updatedAt: at };
  expect(await openModels(table).save(tenant, model, undefined)).toBeTruthy();
  return tenant;
};

const manifestOf = (tenant: string, name: Trained, holdout: number, gold: number): Manifest => ({
  formatVersion: 1,
  id: dataset,
  tenant,
  model: 'diagnosis',
  task: taskOf(name),
  schema: schemaOf(name),
  schemaHash: 'b'.repeat(64),
  cut: 4,
  pages: [],
  packs: [],
  segments: [],
  holdoutShare: 0.2,
  counts: { cases: 5 * holdout, train: 4 * holdout, holdout, gold, labels: {} },
  tombstones: [],
});

const linesOf = (files: Files, side = 'holdout'): string[] =>
  textOf(files[`${side}-predictions.jsonl`])
    .split('\n')
    .filter((line) => line !== '');

/**
 * Delivers a training's output and puts it through the gate.
 *
 * @param archive - null: none is delivered. @default the files, packed
 */
const examine = async (
  tenant: string,
  name: Trained,
  files: Files = filesOf(name),
  archive?: Uint8Array | null,
): Promise<GateOutput> => {
  deliveries += 1;
  const input: z.infer<typeof GateInput> = GateInput.parse({
    tenant,
    model: 'diagnosis',
    job: 'job_01J9Z3ABCDEFGHJKMNPQRSTVWX',
    attempt: 1,
    rollOut: true,
    snapshot: {
      dataset,
      cut: 4,
      manifestKey: objectKeys.manifest(tenant, 'diagnosis', dataset),
      segmentListKey: objectKeys.segmentList(tenant, 'diagnosis', dataset),
    },
    trained: {
      artifactKey: `${objectKeys.trainingOutput(tenant, 'diagnosis')}/${deliveries}/model.tar.gz`,
    },
  });
  const manifest = manifestOf(tenant, name, linesOf(filesOf(name)).length, linesOf(filesOf(name), 'gold').length);
  await objects.writeOnce(input.snapshot.manifestKey, JSON.stringify(manifest), 'application/json');
  if (archive !== null) {
    await objects.writeOnce(input.trained.artifactKey, archive ?? (await packed(files)), 'application/gzip');
  }
  return GateOutput.parse(await gate(input));
};

/** Lets a version serve that went through the gate. */
const serve = async (tenant: string, name: Trained): Promise<void> => {
  const content = bytesOf(`${name}/model.onnx`);
  const champion = servableOf(name);
  await objects.writeOnce(objectKeys.artifact(tenant, champion.digest), content, 'application/octet-stream');
  const route = { champion, weight: 0, salt: 's', revision: 1, previous: [], updatedAt: at };
  await routeEntity(table)
    .put({ tenant, model: 'diagnosis', ...route })
    .go();
};

const finding = ({ findings }: GateOutput, check: GateCheck): GateFinding | undefined =>
  findings.find((one) => one.check === check);
const failed = ({ findings }: GateOutput): GateCheck[] =>
  findings.filter(({ passed }) => !passed).map(({ check }) => check);
const isStored = async (tenant: string, content: Uint8Array): Promise<boolean> =>
  (await objects.read(objectKeys.artifact(tenant, digestOf(content)))) !== undefined;

/** The files with another model.json. */
const withSidecar = (name: Trained, change: (sidecar: ReturnType<typeof json>) => void): Files => {
  const files = filesOf(name);
  const sidecar = json(files['model.json']);
  change(sidecar);
  return { ...files, 'model.json': JSON.stringify(sidecar) };
};

/** The files with another graph, of which model.json tells the truth. */
const withGraph = (name: Trained, graph: Uint8Array): Files => ({
  ...withSidecar(name, (sidecar) => {
    Object.assign(sidecar.onnx, { sha256: digestOf(graph), bytes: graph.length });
  }),
  'model.onnx': graph,
});

const withLines = (name: Trained, change: (line: ReturnType<typeof json>, row: number) => object): Files => {
  const files = filesOf(name);
  const lines = linesOf(files).map((line, row) => JSON.stringify(change(json(line), row)));
  return { ...files, 'holdout-predictions.jsonl': lines.join('\n') };
};

describe('the gate passes', () => {
  test.each<Trained>(['logistic', 'xgboost', 'categorical', 'regression'])(
    'a first version that a training made: %s',
    async (name) => {
      const tenant = await register(name);
      const output = await examine(tenant, name);
      expect(failed(output)).toEqual([]);
      expect(output).toMatchObject({ passed: true, integrity: true });
      expect(output.findings.map(({ check }) => check).sort()).toEqual(Object.values(GateCheck).sort());
      expect(finding(output, GateCheck.Parity)?.numbers?.difference).toBeLessThan(1e-4);
      expect(finding(output, GateCheck.NotWorse)?.detail).toContain('no champion');
      expect(output.artifact?.digest).toBe(digestOf(bytesOf(`${name}/model.onnx`)));
      expect(await isStored(tenant, bytesOf(`${name}/model.onnx`))).toBe(true);
    },
  );

  test('on what a training wrote of it: model.json stays whole beside the artifact, its background there alone', async () => {
    const tenant = await register('regression');
    const { artifact, sidecar } = await examine(tenant, 'regression');
    const kept = await objects.read(objectKeys.sidecar(tenant, artifact?.digest ?? ''));
    expect(textOf(kept)).toBe(textOf(bytesOf('regression/model.json')));
    expect(json(kept).background).toMatchObject({ lift: [0, 0, 1, null] });
    expect(sidecar).toMatchObject({ algorithm: 'ridge', metrics: { holdout: { withinTolerance: 0.8 } } });
    expect(sidecar).not.toHaveProperty('background');
  });

  test('a version with decision weights, and judges it by the labels that they make', async () => {
    const tenant = await register('logistic');
    await serve(tenant, 'logistic');
    const weights = [1e6, 1];
    const output = await examine(
      tenant,
      'logistic',
      withSidecar('logistic', (sidecar) => Object.assign(sidecar, { decisionWeights: weights })),
    );
    const { classes } = json(bytesOf('logistic/model.json'));
    const right = linesOf(filesOf('logistic'))
      .map(json)
      .filter(({ label, probabilities: [first, second] }) => label === classes[Number(second > 1e6 * first)]);
    expect(failed(output)).toEqual([GateCheck.NotWorse]);
    expect(finding(output, GateCheck.NotWorse)?.numbers).toMatchObject({ challengerCorrect: right.length });
    expect(finding(output, GateCheck.Slices)?.detail).toMatch(/^notice: .* label = /);
  });

  test('one that tells more of slices than a state machine can carry: they stay in its model.json', async () => {
    const tenant = await register('regression');
    const files = withSidecar('regression', (sidecar) => {
      const { holdout: metrics } = sidecar.metrics;
      sidecar.metrics.slices = Array.from({ length: 2000 }, (_, index) => ({
        field: 'region',
        value: `${index}`,
        metrics,
      }));
    });
    const { passed, sidecar } = await examine(tenant, 'regression', files);
    expect(passed).toBe(true);
    expect(sidecar?.metrics).not.toHaveProperty('slices');
  });

  test('the same output twice, and says the same', async () => {
    const tenant = await register('logistic');
    const [first, second] = [await examine(tenant, 'logistic'), await examine(tenant, 'logistic')];
    const steady = ({ findings, ...rest }: GateOutput) => ({
      ...rest,
      findings: findings.filter(({ check }) => check !== GateCheck.Latency),
    });
    expect(steady(second)).toEqual(steady(first));
  });

  test('a version as good as the champion', async () => {
    const tenant = await register('logistic');
    await serve(tenant, 'logistic');
    const output = await examine(tenant, 'logistic');
    expect(output.passed).toBe(true);
    expect(finding(output, GateCheck.NotWorse)).toMatchObject({ numbers: { championOnly: 0, pValue: 1 } });
  });
});

describe('the gate keeps a version out, but lets an operator have it, for its quality:', () => {
  test('worse than the champion on the same holdout', async () => {
    const tenant = await register('worse');
    await serve(tenant, 'logistic');
    const output = await examine(tenant, 'worse');
    expect(output).toMatchObject({ passed: false, integrity: true });
    expect(failed(output)).toEqual([GateCheck.NotWorse]);
    const { pValue, championOnly, challengerOnly } = finding(output, GateCheck.NotWorse)?.numbers ?? {};
    expect(pValue).toBeLessThan(0.05);
    expect(championOnly).toBeGreaterThan(challengerOnly as number);
    expect(await isStored(tenant, bytesOf('worse/model.onnx'))).toBe(true);
  });

  test('a regressor whose errors are larger, on the holdout and on the gold cases', async () => {
    const tenant = await register('regression');
    await serve(tenant, 'regression');
    const output = await examine(tenant, 'regression-worse');
    expect(output).toMatchObject({ passed: false, integrity: true });
    expect(failed(output)).toEqual([GateCheck.NotWorse, GateCheck.NotWorseOnGold]);
    const { championError, challengerError } = finding(output, GateCheck.NotWorse)?.numbers ?? {};
    expect(challengerError).toBeGreaterThan(championError as number);
    expect(finding(output, GateCheck.NotWorseOnGold)?.numbers?.rows).toBe(30);
  });

  test('other numbers than Python gave, by a share of how far labels spread', async () => {
    const tenant = await register('regression');
    const moved = (by: number) => withLines('regression', (line) => ({ ...line, value: line.value + by }));
    const { tolerance = 0 } = finding(await examine(tenant, 'regression'), GateCheck.Parity)?.numbers ?? {};
    expect(tolerance).toBeGreaterThan(0.001);
    expect(tolerance).toBeLessThan(0.01);
    expect(failed(await examine(tenant, 'regression', moved(2 * tolerance)))).toEqual([GateCheck.Parity]);
    expect(failed(await examine(tenant, 'regression', moved(tolerance / 2)))).toEqual([]);
  });

  test.each<Trained>(['nan', 'throws'])('a graph that fails on every case: %s', async (name) => {
    const tenant = await register(name);
    const output = await examine(tenant, name);
    expect(output).toMatchObject({ passed: false, integrity: true });
    expect(failed(output)).toEqual([GateCheck.Finite]);
    expect(finding(output, GateCheck.Finite)?.numbers).toEqual({ failed: 70, rows: 70 });
    expect(finding(output, GateCheck.Parity)).toBeUndefined();
  });

  test('other probabilities than Python gave', async () => {
    const tenant = await register('logistic');
    const files = withLines('logistic', (line, row) =>
      row === 3 ? { ...line, probabilities: line.probabilities.map((p: number) => p + 0.001) } : line,
    );
    const output = await examine(tenant, 'logistic', files);
    expect(failed(output)).toEqual([GateCheck.Parity]);
    expect(finding(output, GateCheck.Parity)?.numbers?.difference).toBeCloseTo(0.001, 4);
  });

  test('slower than the policy allows', async () => {
    const tenant = await register('logistic', { gate: { latencyMilliseconds: 0.000001 } });
    const output = await examine(tenant, 'logistic');
    expect(failed(output)).toEqual([GateCheck.Latency]);
    expect(finding(output, GateCheck.Latency)?.numbers?.predictions).toBeGreaterThanOrEqual(200);
  });
});

describe('the gate refuses for good, and stores nothing of,', () => {
  test.each<[string, Files, GateCheck, string]>([
    [
      'a graph that is another than model.json says',
      { ...filesOf('logistic'), 'model.onnx': bytesOf('worse/model.onnx') },
      GateCheck.Digest,
      'SHA-256',
    ],
    ['a corrupt graph', withGraph('logistic', bytesOf('corrupt.onnx')), GateCheck.Format, 'bytes at byte'],
    ['external data', withGraph('logistic', bytesOf('external-data.onnx')), GateCheck.Limits, 'another file'],
    ['a branch', withGraph('logistic', bytesOf('branching.onnx')), GateCheck.Limits, 'inside a node'],
    ['an operator of nobody', withGraph('logistic', bytesOf('custom-operator.onnx')), GateCheck.Limits, 'x.y.Predict'],
    [
      'a graph of other columns',
      withGraph('logistic', bytesOf('not-probabilities.onnx')),
      GateCheck.Format,
      '30 numeric',
    ],
    ['a model.json that is no JSON', { ...filesOf('logistic'), 'model.json': '{' }, GateCheck.Format, 'model.json'],
    [
      'a model.json that lacks what it must say',
      withSidecar('logistic', (sidecar) => {
        sidecar.metrics = undefined;
      }),
      GateCheck.Format,
      '/metrics',
    ],
    [
      'columns of another model',
      withSidecar('logistic', (sidecar) => {
        sidecar.inputs.numeric[0] = 'other';
      }),
      GateCheck.Format,
      'columns of the model',
    ],
    [
      'another dataset',
      withSidecar('logistic', (sidecar) => {
        sidecar.datasetId = `ds_${'c'.repeat(64)}`;
      }),
      GateCheck.Format,
      'trained on',
    ],
    [
      'a holdout of fewer cases than the dataset has',
      { ...filesOf('logistic'), 'holdout-predictions.jsonl': linesOf(filesOf('logistic')).slice(1).join('\n') },
      GateCheck.Format,
      'found 69',
    ],
    [
      'a holdout that names a case twice',
      withLines('logistic', (line) => ({ ...line, id: `case_${'0'.repeat(26)}` })),
      GateCheck.Format,
      'again',
    ],
    ['a label of no class', withLines('logistic', (line) => ({ ...line, label: 'other' })), GateCheck.Format, 'line 1'],
    [
      'fewer decision weights than classes',
      withSidecar('logistic', (sidecar) => {
        sidecar.decisionWeights = [1];
      }),
      GateCheck.Format,
      'a weight of each',
    ],
    [
      'a background of another field',
      withSidecar('logistic', (sidecar) => {
        sidecar.background = { other: [1] };
      }),
      GateCheck.Format,
      'background',
    ],
    [
      'a background of another kind',
      withSidecar('logistic', (sidecar) => {
        sidecar.background = { mean_radius: ['Jane Doe'] };
      }),
      GateCheck.Format,
      'found others for 1 fields',
    ],
    [
      'predictions of gold cases that the dataset does not have',
      {
        ...filesOf('logistic'),
        'gold-predictions.jsonl': filesOf('logistic')['holdout-predictions.jsonl'] as Uint8Array,
      },
      GateCheck.Format,
      '0 gold cases, found 70',
    ],
    [
      'a holdout that is no JSON',
      { ...filesOf('logistic'), 'holdout-predictions.jsonl': 'x\n' },
      GateCheck.Format,
      'line 1',
    ],
  ])('%s', async (_, files, check, why) => {
    const tenant = await register('logistic');
    const output = await examine(tenant, 'logistic', files);
    expect(output).toMatchObject({ passed: false, integrity: false });
    expect(output.artifact).toBeUndefined();
    expect(failed(output)).toEqual([check]);
    expect(finding(output, check)?.detail).toContain(why);
    expect(await isStored(tenant, files['model.onnx'] as Uint8Array)).toBe(false);
  });

  test('a classifier in the place of a regressor', async () => {
    const tenant = await register('regression');
    const output = await examine(tenant, 'regression', withGraph('regression', bytesOf('logistic/model.onnx')));
    expect(output).toMatchObject({ passed: false, integrity: false });
    expect(finding(output, GateCheck.Format)?.detail).toContain('0 classes');
  });

  test('an archive that is none', async () => {
    const tenant = await register('logistic');
    const output = await examine(tenant, 'logistic', filesOf('logistic'), Buffer.from('no archive'));
    expect(output).toMatchObject({ passed: false, integrity: false });
    expect(failed(output)).toEqual([GateCheck.Format]);
  });

  test('a training that wrote nothing', async () => {
    const tenant = await register('logistic');
    const output = await examine(tenant, 'logistic', filesOf('logistic'), null);
    expect(output).toMatchObject({ passed: false, integrity: false });
    expect(finding(output, GateCheck.Format)?.detail).toContain('the program wrote nothing');
  });
});
