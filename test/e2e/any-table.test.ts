import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parquetReadObjects } from 'hyparquet';
import { Evaluation } from '../../contracts/evaluations.ts';
import { Explanation } from '../../contracts/explanations.ts';
import { isFinishedJob, JobStatus } from '../../contracts/statuses.ts';
import { Suggestions } from '../../contracts/suggestions.ts';
import { Job } from '../../contracts/training.ts';
import { Version } from '../../contracts/versions.ts';
import { python } from '../../local/paths.ts';
import { relearn } from '../cli/command-line.ts';
import { call, eventually, startTestCloud, type TestCloud } from './world.ts';

/** 442 people with diabetes, and how the disease went on in a year: Efron, Hastie, Johnstone and Tibshirani (2004), in scikit-learn. */
const readTable = `
from sklearn.datasets import load_diabetes
data = load_diabetes(scaled=False)
print(",".join([*data.feature_names, "progression"]))
for row, target in zip(data.data, data.target):
    print(",".join(str(value) for value in [*row, target]))
`;

let cloud: TestCloud;
let rows: Record<string, number>[];

const path = (rest: string): string => `/models/diabetes${rest}`;
const operator = (method: string, rest: string, body?: unknown) =>
  call(cloud, cloud.tenants.acme?.operator, method, path(rest), body);
const run = (...args: string[]) =>
  relearn(args, { environment: { RELEARN_URL: cloud.apiUrl, RELEARN_TOKEN: cloud.tenants.acme?.operator } });

const jobOf = async (id: string): Promise<Job> => Job.parse((await operator('GET', `/training-jobs/${id}`)).body);
const train = async (parameters: object): Promise<Job> => {
  const asked = await operator('POST', '/training-jobs', { recipe: { parameters } });
  expect(asked.status).toBe(202);
  return Job.parse(asked.body);
};
const ended = (id: string): Promise<Job> =>
  eventually(
    () => jobOf(id),
    ({ status }) => isFinishedJob(status),
  );

const rmseOf = (metrics: unknown): number => (metrics as { rmse: number }).rmse;

/** Reads an object of the embedded cloud, whose certificate only its own authority vouches for. */
const download = async (address: string): Promise<ArrayBuffer> => {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(address, { ca: readFileSync(cloud.caFile) }, resolve).on('error', reject);
  });
  expect(response.statusCode).toBe(200);
  return new Uint8Array(Buffer.concat(await response.toArray())).buffer;
};

beforeAll(async () => {
  cloud = await startTestCloud();
  const { stdout } = await promisify(execFile)(python, ['-c', readTable]);
  const [header = '', ...lines] = stdout.trim().split('\n');
  const names = header.split(',');
  rows = lines.map((line) =>
    Object.fromEntries(line.split(',').map((cell, index) => [names[index] ?? '', Number(cell)])),
  );
  await writeFile(join(cloud.folder, 'diabetes.csv'), stdout);
}, 180_000);
afterAll(() => cloud.dispose());

describe('a table that nobody has seen', () => {
  it('becomes a model and its cases by one command', async () => {
    const { exitCode, out, err } = await run('import', join(cloud.folder, 'diabetes.csv'), '--yes');
    expect(exitCode).toBe(0);
    expect(err).toContain('442 rows, to be learnt by tabular-regression');
    expect(out).toContain('diabetes has 442 accepted cases and 0 in quarantine');
  }, 120_000);

  it('is looked at before it is trained on', async () => {
    const { exitCode, out } = await run('suggest', 'diabetes', '--cut', '--json');
    expect(exitCode).toBe(0);
    const { findings, recipe } = Suggestions.parse(JSON.parse(out));
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(recipe.metric).toBe('rmse');
  });

  it('is trained on, paused, and goes on from its checkpoint to a version that serves', async () => {
    const { id, cost, instanceType } = await train({
      trials: 8,
      seconds: 30,
      algorithms: ['linear', 'lightgbm', 'extra-trees'],
    });
    expect(cost.estimated).toBeGreaterThan(0);
    expect(instanceType).toMatch(/^ml\.m5/);
    await eventually(
      () => jobOf(id),
      ({ progress }) => (progress?.trial ?? 0) >= 2,
    );
    expect((await operator('POST', `/training-jobs/${id}/pause`)).status).toBe(202);
    const paused = await eventually(
      () => jobOf(id),
      ({ status }) => status === JobStatus.Paused,
    );
    expect(paused.version).toBeUndefined();
    await eventually(
      () => operator('POST', `/training-jobs/${id}/resume`),
      ({ status }) => status === 202,
    );
    const done = await ended(id);
    expect(done).toMatchObject({ status: JobStatus.Completed, version: 'v1.0.0', runs: 2 });
    expect(done.cost.spent).toBeGreaterThan(0);
    const version = Version.parse((await operator('GET', '/versions/v1.0.0')).body);
    const holdout = version.metrics.holdout as { rmse: number; r2: number };
    expect(holdout.r2).toBeGreaterThan(0.3);
    expect(version.leaderboard?.length).toBeGreaterThan(5);
    expect((await run('jobs', 'show', 'diabetes', id)).out).toMatch(/algorithm +score +fitted in/);
    expect(version.metrics.importance?.slice(0, 3).map(({ field }) => field)).toContain('bmi');
    await eventually(
      () => operator('GET', '/current'),
      ({ status }) => status === 200,
    );
  }, 240_000);

  it('is predicted, and each prediction explained', async () => {
    const { progression: _, ...input } = rows[0] as Record<string, number>;
    const asked = await call(cloud, cloud.tenants.acme?.app, 'POST', path('/predictions'), { input });
    expect(asked.status).toBe(200);
    expect(asked.body.probabilities).toBeUndefined();
    expect(asked.body.label).toBeGreaterThan(20);
    const told = await call(cloud, cloud.tenants.acme?.app, 'POST', path('/explanations'), { input });
    expect(told.status).toBe(200);
    const { answer, base, contributions } = Explanation.parse(told.body);
    expect(answer).toBeCloseTo(asked.body.label, 3);
    expect(base + contributions.reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(answer, 3);
  });

  it('has versions that are measured side by side on the sealed holdout', async () => {
    const recipe = ['--trials', '1', '--algorithm', 'linear', '--no-roll-out'];
    const trained = await run('train', 'diabetes', ...recipe, '--follow');
    expect(trained).toMatchObject({
      exitCode: 0,
      out: expect.stringMatching(/completed after .*\n {2}v1\.1\.0, \w+: rmse [\d.]+ on \d+ held-out cases$/m),
      err: expect.stringMatching(/^ +0\.0 s {2}queued$/m),
    });
    const compared = Evaluation.parse(JSON.parse((await run('compare', 'diabetes', 'v1.0.0', 'v1.1.0', '--json')).out));
    expect(compared).toMatchObject({ status: 'completed', versions: ['v1.0.0', 'v1.1.0'] });
    const version = Version.parse((await operator('GET', '/versions/v1.1.0')).body);
    const [, second] = compared.results ?? [];
    // What the training program and the platform measure of the same holdout is the same.
    expect(second?.metrics).toMatchObject({ cases: version.metrics.holdout?.cases });
    expect(rmseOf(second?.metrics)).toBeCloseTo(rmseOf(version.metrics.holdout), 3);
    expect(second?.trainedOn).toBe(0);
    expect(compared.differences?.map(({ metric }) => metric)).toEqual(['mae', 'mse', 'rmse', 'r2', 'withinTolerance']);
    const listed = await operator('GET', '/evaluations');
    expect(listed.body.items.map(({ id }: Evaluation) => id)).toEqual([compared.id]);
  }, 120_000);

  it('is given back as Parquet, knows who has seen a case, and forgets one', async () => {
    const [{ id: dataset }] = (await operator('GET', '/datasets')).body.items;
    const exported = await fetch(`${cloud.apiUrl}/v1${path(`/datasets/${dataset}/export?format=parquet`)}`, {
      headers: { authorization: `Bearer ${cloud.tenants.acme?.operator}` },
      redirect: 'manual',
    });
    expect(exported.status).toBe(303);
    const parquet = await parquetReadObjects({ file: await download(exported.headers.get('location') ?? '') });
    expect(parquet).toHaveLength(442);
    const { id, split } = parquet[0] as { id: string; split: string };
    const lineage = await operator('GET', `/cases/${id}/lineage`);
    expect(lineage.status).toBe(200);
    expect(JSON.stringify(lineage.body)).toContain(dataset);
    expect(JSON.stringify(lineage.body)).toContain('v1.0.0');
    expect(['train', 'holdout']).toContain(split);
    expect((await operator('DELETE', `/cases/${id}`)).status).toBe(200);
    const again = await operator('POST', '/datasets');
    expect(again.body.cases).toBe(441);
  });
});
