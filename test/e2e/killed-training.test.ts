import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, diagnosis, eventually, sendRows, startTestCloud, type TestCloud } from './world.ts';

let cloud: TestCloud;
let operator: string | undefined;

beforeAll(async () => {
  cloud = await startTestCloud();
  operator = cloud.tenants.acme?.operator;
  const declaration = await diagnosis();
  const training = { ...declaration.policies.training, instanceTypes: ['ml.m5.large', 'ml.m5.xlarge'] };
  const policies = { ...declaration.policies, training };
  // Short, and long enough to be stopped in the midst of it.
  const parameters = { algorithms: ['linear', 'lightgbm', 'xgboost'], trials: 60, folds: 3, ensemble: 'none' };
  const recipe = { ...declaration.recipe, parameters };
  await call(cloud, operator, 'PUT', '/models/diagnosis', { ...declaration, recipe, policies });
  await sendRows(cloud, cloud.tenants.acme?.expert ?? '', 'diagnosis', 0, 80);
}, 600_000);

afterAll(() => cloud.dispose(), 120_000);

const start = async (): Promise<string> =>
  (await call(cloud, operator, 'POST', '/models/diagnosis/training-jobs', { reason: 'test' })).body.id;

const job = (id: string) => call(cloud, operator, 'GET', `/models/diagnosis/training-jobs/${id}`);

const ended = (id: string) =>
  eventually(
    () => job(id),
    ({ body }) => ['completed', 'failed', 'cancelled'].includes(body.status),
    300,
  );

/** The process ids of training programs that work below this test's own state folder. */
const trainingProcesses = async (): Promise<number[]> => {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,args=']);
  return stdout
    .split('\n')
    .filter((line) => line.includes('train.py') && line.includes(cloud.folder))
    .map((line) => Number.parseInt(line, 10));
};

describe('a training', () => {
  it('whose process is killed is tried with more memory, and fails with its reason where there is none', async () => {
    const id = await start();
    const kill = async (): Promise<void> => {
      const pids = await eventually(trainingProcesses, (found) => found.length > 0);
      for (const pid of pids) process.kill(pid, 'SIGKILL');
      await eventually(trainingProcesses, (found) => pids.every((pid) => !found.includes(pid)));
    };
    await kill();
    const again = await eventually(
      () => job(id),
      ({ body }) => body.runs === 2 && body.status !== 'queued',
    );
    expect(again.body).toMatchObject({ status: 'running', instanceType: 'ml.m5.xlarge' });
    await kill();
    const { body } = await ended(id);
    expect(body).toMatchObject({ status: 'failed', runs: 2, failure: expect.stringMatching(/memory.*ml\.m5\.xlarge/) });
  }, 900_000);

  it('that is paused goes on where it was once it is resumed, and makes its version', async () => {
    const id = await start();
    const path = `/models/diagnosis/training-jobs/${id}`;
    await eventually(
      () => job(id),
      ({ body }) => body.progress?.trial >= 2,
    );
    expect((await call(cloud, operator, 'POST', `${path}/pause`)).body).toMatchObject({ status: 'paused', runs: 1 });
    await eventually(trainingProcesses, (found) => found.length === 0);
    expect((await call(cloud, operator, 'POST', '/models/diagnosis/training-jobs', {})).body).toMatchObject({
      job: id,
    });
    expect((await call(cloud, operator, 'POST', `${path}/resume`)).body).toMatchObject({ status: 'queued' });
    await eventually(
      () => job(id),
      ({ body }) => body.logs?.join().includes('Goes on from a checkpoint'),
    );
    expect((await ended(id)).body).toMatchObject({ status: 'completed', runs: 2, version: 'v1.0.0' });
  }, 900_000);

  it('shows its progress and its log, and can be cancelled', async () => {
    const id = await start();
    const seen = await eventually(
      () => job(id),
      ({ body }) => body.progress !== undefined,
    );
    expect(seen.body.progress).toMatchObject({ phase: expect.any(String), message: expect.any(String) });
    expect((await call(cloud, operator, 'POST', `/models/diagnosis/training-jobs/${id}/cancel`)).status).toBe(202);
    expect((await ended(id)).body.status).toBe('cancelled');
    await eventually(trainingProcesses, (found) => found.length === 0);
    const again = await call(cloud, operator, 'POST', `/models/diagnosis/training-jobs/${id}/cancel`);
    expect({ status: again.status, type: again.body.type }).toEqual({
      status: 409,
      type: 'urn:relearn:problem:job-ended',
    });
  }, 600_000);
});
