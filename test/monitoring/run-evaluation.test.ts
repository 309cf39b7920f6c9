import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EvaluatedPart, Evaluation } from '../../contracts/evaluations.ts';
import { cases as routes } from '../../contracts/routes/index.ts';
import { EvaluationStatus } from '../../contracts/statuses.ts';
import type { Version } from '../../contracts/versions.ts';
import { openCollectQueue } from '../../functions/cases/collect-queue.ts';
import { openDatasets } from '../../functions/cases/index.ts';
import { openReceiveCases } from '../../functions/cases/intake/receive-cases.ts';
import { openEvaluationStore } from '../../functions/monitoring/evaluations/evaluation-store.ts';
import { type RunDependencies, runEvaluation } from '../../functions/monitoring/evaluations/run-evaluation.ts';
import { newId } from '../../functions/platform/ids.ts';
import { clinicCase, clinicModel } from '../cases/clinic.ts';
import { startWorld, type World } from '../cases/world.ts';
import { callApi } from '../support/call-api.ts';

/** What stands in for a version: what it was trained on, and how it answers. */
interface Known {
  readonly dataset: string;
  readonly classes: readonly string[];
  readonly probabilities: readonly number[];
}

const model = clinicModel({ training: { minimumCases: 10 } });
const classes = ['malignant', 'benign'];
const committedAtOnce = 20;
const sure = { classes, probabilities: [0.1, 0.9] };

let world: World;
let api: Parameters<typeof callApi>[0];

beforeAll(async () => {
  world = await startWorld();
  ({ handler: api } = await import('../../functions/cases/api.ts'));
});
afterAll(() => world.services.dispose());

const patients = (from: number, to: number, given: object = {}, radius = 12) =>
  Array.from({ length: to - from }, (_, index) =>
    clinicCase({
      ...given,
      label: index % 2 === 0 ? 'benign' : 'malignant',
      input: { recordNumber: `P-${from + index}`, radius },
    }),
  );

const receive = async (tenant: string, given: Record<string, unknown>[]): Promise<string[]> => {
  const queue = openCollectQueue(world.services.collectQueueUrl);
  const take = openReceiveCases(world.table, queue, world.keyRing, world.clock);
  const { received } = await take(tenant, model, given, { gold: true });
  const ids = received.map(({ id }) => id);
  for (let start = 0; start < ids.length; start += committedAtOnce) {
    await world.commitCases(tenant, model.name, ids.slice(start, start + committedAtOnce));
  }
  return ids;
};
const cut = async (tenant: string): Promise<string> =>
  (await callApi(api, routes.postDataset, { tenant, path: { model: model.name } })).json.id;
const erase = async (tenant: string, ids: readonly string[]): Promise<void> => {
  for (const id of ids) await callApi(api, routes.deleteCase, { tenant, path: { model: model.name, case: id } });
};
/** Of these cases those that a dataset gives to training, by the lineage of each. */
const trainedByLineage = async (tenant: string, dataset: string, ids: readonly string[]): Promise<number> => {
  const uses = ids.map(async (id) => {
    const { json } = await callApi(api, routes.getCaseLineage, { tenant, path: { model: model.name, case: id } });
    return json.datasets.some(
      (held: { dataset: string; use: string }) => held.dataset === dataset && held.use === 'trained',
    );
  });
  return (await Promise.all(uses)).filter(Boolean).length;
};

const evaluate = async (tenant: string, dataset: string, part: EvaluatedPart, known: Record<string, Known>) => {
  const evaluations = openEvaluationStore(world.table);
  const asked: Evaluation = {
    id: newId('evl', Date.now()),
    model: model.name,
    status: EvaluationStatus.Running,
    versions: Object.keys(known),
    dataset,
    part,
    createdAt: new Date().toISOString(),
  };
  await evaluations.create(tenant, asked);
  const of = (version: string): Known => known[version] as Known;
  const dependencies = {
    models: world.models,
    datasets: openDatasets(world.table, world.objects),
    evaluations,
    clock: world.clock,
    versions: {
      get: async (_tenant: string, _model: string, version: string) =>
        ({
          version,
          artifact: { digest: '0'.repeat(64), bytes: 1, format: 'onnx' },
          signature: { numeric: [], categorical: [], classes: [...of(version).classes] },
          lineage: { dataset: of(version).dataset },
        }) as unknown as Version,
    },
    serving: {
      load: async (_tenant: string, { version }: { version: string }) => ({
        predictEach: async (inputs: readonly unknown[]) =>
          inputs.map(() => ({ label: 'benign', probabilities: Float32Array.from(of(version).probabilities) })),
      }),
    },
  } as unknown as RunDependencies;
  return runEvaluation(dependencies, tenant, model.name, asked.id);
};

describe('an evaluation', () => {
  it('counts the cases that each version was trained on as their lineage does, erased ones before and since', async () => {
    await world.register('acme', model);
    const old = await receive('acme', patients(1, 41));
    await erase('acme', old.slice(0, 5));
    const first = await cut('acme');
    await erase('acme', old.slice(5, 10));
    const young = await receive('acme', patients(101, 141));
    const second = await cut('acme');
    const versions = { 'v1.0.0': { dataset: first, ...sure }, 'v1.1.0': { dataset: second, ...sure } };
    const ended = await evaluate('acme', second, 'all', versions);
    const ofFirst = await trainedByLineage('acme', first, old.slice(10));
    expect(ofFirst).toBeGreaterThan(0);
    const ofSecond = await trainedByLineage('acme', second, [...old, ...young]);
    expect(ended?.results?.map(({ trainedOn }) => trainedOn)).toEqual([ofFirst, ofSecond]);
    const onFirst = await evaluate('acme', first, 'all', versions);
    expect(onFirst?.results?.map(({ trainedOn }) => trainedOn)).toEqual([ofFirst, ofFirst]);
    const heldOut = await evaluate('acme', second, 'holdout', versions);
    expect(heldOut?.results?.map(({ trainedOn }) => trainedOn)).toEqual([0, 0]);
  });

  it('leaves out of them those whose subject had a gold case by then', async () => {
    await world.register('beta', model);
    const old = await receive('beta', patients(1, 41));
    const before = await cut('beta');
    await receive('beta', patients(1, 21, { gold: true }, 30));
    const after = await cut('beta');
    const versions = { 'v1.0.0': { dataset: before, ...sure }, 'v1.1.0': { dataset: after, ...sure } };
    // On the older dataset, too, whose cases know nothing of the gold ones.
    for (const dataset of [before, after]) {
      const ended = await evaluate('beta', dataset, 'all', versions);
      expect(ended?.results?.map(({ trainedOn }) => trainedOn)).toEqual([
        await trainedByLineage('beta', before, old),
        await trainedByLineage('beta', after, old),
      ]);
    }
    expect(await trainedByLineage('beta', after, old)).toBeLessThan(await trainedByLineage('beta', before, old));
  });

  it('reads probabilities by the names of the classes, in whatever order a version has them', async () => {
    await world.register('gamma', model);
    await receive('gamma', patients(1, 31));
    const dataset = await cut('gamma');
    const ended = await evaluate('gamma', dataset, 'all', {
      'v1.0.0': { dataset, classes, probabilities: [0.25, 0.75] },
      'v1.1.0': { dataset, classes: [...classes].reverse(), probabilities: [0.75, 0.25] },
    });
    const [first, second] = ended?.results ?? [];
    expect(first?.metrics).toMatchObject({ logLoss: expect.closeTo(-(Math.log(0.75) + Math.log(0.25)) / 2, 6) });
    expect(second?.metrics).toEqual(first?.metrics);
  });

  it('refuses a version that has other classes than the model has now', async () => {
    await world.register('delta', model);
    await receive('delta', patients(1, 31));
    const dataset = await cut('delta');
    const ended = await evaluate('delta', dataset, 'all', {
      'v1.0.0': { dataset, ...sure },
      'v1.1.0': { dataset, classes: ['benign', 'doubtful'], probabilities: [0.5, 0.5] },
    });
    expect(ended).toMatchObject({
      status: EvaluationStatus.Failed,
      failure: expect.stringMatching(/^Expected v1\.1\.0 to have the classes .* found others: .*\. Evaluate /),
    });
  });
});
