import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import type { Model } from '../../contracts/model.ts';
import { type RouteDefinition, training as routes } from '../../contracts/routes/index.ts';
import { JobStatus } from '../../contracts/statuses.ts';
import { Job } from '../../contracts/training.ts';
import { encodeCursor } from '../../functions/platform/cursor.ts';
import { type ApiCall, callApi } from '../support/call-api.ts';
import { startWorld, tenant, trainedModel, type World } from './world.ts';

let world: World;
let call: (route: RouteDefinition, model: string, given?: ApiCall) => ReturnType<typeof callApi>;
let sealed: (models: readonly string[]) => Promise<string[]>;
let models = 0;

beforeAll(async () => {
  world = await startWorld();
  const { handler } = await import('../../functions/training/api.ts');
  const { handler: onSegmentSealed } = await import('../../functions/training/on-segment-sealed.ts');
  call = (route, model, given = {}) => callApi(handler, route, { ...given, path: { model, ...given.path } });
  sealed = async (names) => {
    const Records = names.map((model, index) => ({
      messageId: String(index),
      body: JSON.stringify({ source: 'relearn.cases', detail: { tenant, model, sequence: 1 } }),
    }));
    const { batchItemFailures } = await onSegmentSealed({ Records } as unknown as SQSEvent);
    return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  };
}, 120_000);

afterAll(() => world.dispose());

/** A model of a test's own. */
const register = async (training: object = {}): Promise<string> => {
  models += 1;
  const createdAt = new Date().toISOString();
  const model: Model = { ...trainedModel(training), name: `clinic-${models}`, createdAt };
  await world.register(tenant, model);
  return model.name;
};

const executionsOf = async (job: string): Promise<string[]> => {
  const { executions = [] } = await new SFNClient({}).send(
    new ListExecutionsCommand({ stateMachineArn: world.machineArn, maxResults: 1000 }),
  );
  return executions.map(({ name = '' }) => name).filter((name) => name.startsWith(job));
};

const end = async (model: string, job: string, status: 'failed' | 'cancelled' = 'failed'): Promise<void> => {
  const { endJob } = await import('../../functions/training/operations/end-job.ts');
  const ending = status === JobStatus.Failed ? { status, failure: 'The test ended it.' } : { status };
  await endJob(world, { tenant, model, job }, ending, 'test');
};

describe('the count trigger', () => {
  it('starts one job, whatever number of events come at once', async () => {
    const model = await register();
    await world.accept(model, 25);
    const failures = await Promise.all(Array.from({ length: 100 }, () => sealed([model])));
    expect(failures.flat()).toEqual([]);
    const jobs = await world.store.list(tenant, model, 100);
    expect(jobs).toMatchObject([{ status: 'queued', trigger: 'new-cases', attempt: 1 }]);
    expect(await executionsOf(jobs[0]?.id ?? '')).toEqual([`${jobs[0]?.id}-1`]);
    const { items } = await world.audit.page(tenant, 100);
    expect(items.filter(({ model: of }) => of === model).map(({ action }) => action)).toEqual(['training-requested']);
  }, 60_000);

  it('leaves a model alone that has too few new cases', async () => {
    const model = await register();
    await world.accept(model, 19);
    expect(await sealed([model])).toEqual([]);
    expect(await world.store.list(tenant, model, 10)).toEqual([]);
  });

  it('waits for a tenth more cases after a job that failed, and does not loop', async () => {
    const model = await register();
    await world.accept(model, 20);
    await sealed([model]);
    const [first] = await world.store.list(tenant, model, 10);
    await end(model, first?.id ?? '');
    await world.accept(model, 1);
    await sealed([model, model]);
    expect(await world.store.list(tenant, model, 10)).toHaveLength(1);
    await world.accept(model, 1);
    await sealed([model]);
    expect(await world.store.list(tenant, model, 10)).toHaveLength(2);
  });

  it('names the messages that it cannot handle, and handles the others', async () => {
    const model = await register();
    await world.accept(model, 20);
    expect(await sealed(['nobody-registered-this', model])).toEqual(['0']);
    expect(await world.store.list(tenant, model, 10)).toHaveLength(1);
  });
});

describe('a job whose machine was never started', () => {
  it('is given one by reconciliation, which does nothing more the next time', async () => {
    const model = await register();
    await world.accept(model, 20);
    const { considerTraining } = await import('../../functions/training/operations/start-training.ts');
    const crash = { start: () => Promise.reject(new Error('the process is gone')) };
    const registered = await world.models.get(tenant, model);
    await expect(
      considerTraining({ ...world, machine: crash }, tenant, registered as Model, 'accepted'),
    ).rejects.toThrow('the process is gone');
    const [job] = await world.store.list(tenant, model, 10);
    expect(await executionsOf(job?.id ?? '')).toEqual([]);

    const { handler: reconcile } = await import('../../functions/training/reconcile-jobs.ts');
    await reconcile();
    await reconcile();
    // The start of before may come late.
    if (job !== undefined) await world.machine.start(tenant, model, job);
    expect(await executionsOf(job?.id ?? '')).toEqual([`${job?.id}-1`]);
  });
});

describe('a training by hand', () => {
  it('is queued with what was chosen for it', async () => {
    const model = await register();
    await world.accept(model, 12);
    const body = {
      reason: 'rehearsal',
      seed: 7,
      rollOut: false,
      recipe: { name: 'drill', parameters: { behaviour: 'worse' } },
    };
    const answer = await call(routes.postJob, model, { body });
    expect(answer.status).toBe(202);
    expect(Job.parse(answer.json)).toMatchObject({ ...body, status: 'queued', trigger: 'manual', model });
    const seen = await call(routes.getJob, model, { path: { job: answer.json.id } });
    expect(Job.parse(seen.json)).toEqual(answer.json);
  });

  it('is refused while another runs, which is named', async () => {
    const model = await register();
    await world.accept(model, 12);
    const { json: first } = await call(routes.postJob, model, { body: {} });
    const second = await call(routes.postJob, model, { body: {} });
    expect(second.status).toBe(409);
    expect(second.json).toMatchObject({ type: 'urn:relearn:problem:training-running', job: first.id });
    expect(second.json.detail).toContain(first.id);
  });

  it('is refused with too few cases, and told how many are needed', async () => {
    const model = await register();
    await world.accept(model, 9);
    const answer = await call(routes.postJob, model, { body: {} });
    expect(answer.status).toBe(422);
    expect(answer.json).toMatchObject({ type: 'urn:relearn:problem:too-few-cases', needed: 10, accepted: 9 });
    expect(answer.json.detail).toMatch(/10 accepted cases, found 9/);
  });

  it('is nobody else’s to see or to cancel', async () => {
    const model = await register();
    await world.accept(model, 12);
    const { json: job } = await call(routes.postJob, model, { body: {} });
    const foreign = { tenant: 'rival', path: { job: job.id } };
    expect((await call(routes.getJob, model, foreign)).status).toBe(404);
    expect((await call(routes.cancelJob, model, foreign)).status).toBe(404);
    expect((await call(routes.postJob, model, { tenant: 'rival', body: {} })).status).toBe(404);
    expect((await call(routes.postJob, model, { role: 'expert', body: {} })).status).toBe(403);
  });

  it('is listed, the newest first, page by page', async () => {
    const model = await register();
    await world.accept(model, 12);
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      const { json } = await call(routes.postJob, model, { body: {} });
      ids.unshift(json.id);
      await end(model, json.id);
    }
    const { json: first } = await call(routes.listJobs, model, { query: { limit: '2' } });
    const { json: rest } = await call(routes.listJobs, model, { query: { limit: '2', cursor: first.nextCursor } });
    expect([...first.items, ...rest.items].map(({ id }: Job) => id)).toEqual(ids);
    expect(rest.nextCursor).toBeUndefined();
    const { json: whole } = await call(routes.listJobs, model, { query: { limit: '3' } });
    expect(whole.items).toHaveLength(3);
    expect(whole.nextCursor).toBeUndefined();
  });

  it('is listed from no place but one that the list itself gave', async () => {
    const model = await register();
    const cursor = String(encodeCursor('v1.0.0'));
    expect(await call(routes.listJobs, model, { query: { cursor } })).toMatchObject({ status: 400 });
  });
});

describe('the schedule', () => {
  const schedule = { newCases: 12, days: 3, weekly: false, enabled: true };

  it('is the declaration’s until an operator stores another', async () => {
    const model = await register();
    await world.accept(model, 12);
    const { json: declared } = await call(routes.getSchedule, model);
    expect(declared).toEqual({ newCases: 20, days: 7, weekly: true, enabled: true, sinceTraining: 12 });
    const { json: stored } = await call(routes.putSchedule, model, { body: schedule });
    expect(stored).toEqual({ ...schedule, sinceTraining: 12 });
    expect((await call(routes.getSchedule, model)).json).toEqual(stored);
    await sealed([model]);
    expect(await world.store.list(tenant, model, 10)).toHaveLength(1);
  });

  it('starts nothing while it is switched off', async () => {
    const model = await register();
    await call(routes.putSchedule, model, { body: { ...schedule, enabled: false } });
    await world.accept(model, 25);
    await sealed([model]);
    const { json } = await call(routes.postCollection, model);
    expect(json).toMatchObject({ trigger: { due: false, reason: 'not-yet' } });
    expect(await world.store.list(tenant, model, 10)).toEqual([]);
  });

  it('keeps a change that comes while a job runs', async () => {
    const model = await register();
    await world.accept(model, 20);
    await sealed([model]);
    await call(routes.putSchedule, model, { body: schedule });
    const [job] = await world.store.list(tenant, model, 10);
    await end(model, job?.id ?? '');
    expect((await call(routes.getSchedule, model)).json).toMatchObject(schedule);
  });
});

describe('a collection by hand', () => {
  it('says what it found, and starts a training that is due', async () => {
    const model = await register();
    await world.accept(model, 12);
    const early = await call(routes.postCollection, model);
    expect(early).toMatchObject({ status: 202, json: { requeued: 0, newCases: 12, trigger: { due: false } } });
    await world.accept(model, 8);
    const { json } = await call(routes.postCollection, model);
    expect(json).toMatchObject({ newCases: 20, trigger: { due: true, reason: 'new-cases' } });
    expect(await world.store.list(tenant, model, 10)).toMatchObject([{ id: json.job, trigger: 'new-cases' }]);
  });
});

describe('a scheduled check', () => {
  it('starts what is due of every model, after a failure too, and the weekly trainings on Sunday', async () => {
    const { handler: check } = await import('../../functions/training/check-triggers.ts');
    const [failed, weekly, never] = [
      await register(),
      await register({ weekly: true }),
      await register({ weekly: false }),
    ];
    for (const model of [failed, weekly, never]) await world.accept(model, 12);
    await world.accept(failed, 8);
    await sealed([failed]);
    const [job] = await world.store.list(tenant, failed, 10);
    await end(failed, job?.id ?? '');

    await check({ check: 'daily' });
    expect(await world.store.list(tenant, failed, 10)).toMatchObject([{ trigger: 'new-cases' }, { id: job?.id }]);
    expect(await world.store.list(tenant, weekly, 10)).toEqual([]);

    await check({ check: 'weekly' });
    expect(await world.store.list(tenant, weekly, 10)).toMatchObject([{ trigger: 'weekly' }]);
    expect(await world.store.list(tenant, never, 10)).toEqual([]);
  }, 30_000);
});
