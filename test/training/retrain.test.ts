import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { training as routes } from '../../contracts/routes/index.ts';
import { isFinishedJob } from '../../contracts/statuses.ts';
import { Job } from '../../contracts/training.ts';
import { account, region } from '../../local/aws-clients.ts';
import { eventually } from '../local/support/eventually.ts';
import { createFunction, createRole } from '../local/support/functions.ts';
import { callApi } from '../support/call-api.ts';
import { type Behaviour, seedOf } from './fixtures/behaviours.ts';
import { startWorld, tenant, trainedModel, type World } from './world.ts';

const root = join(import.meta.dirname, '../..');
const functions = ['snapshot', 'submit', 'gate', 'register', 'rollout', 'end'] as const;
const arnOf = (name: string): string => `arn:aws:lambda:${region}:${account}:function:${name}`;

const [snapshot, submit, gate, register, rollout, end] = functions.map(arnOf);
const places: Readonly<Record<string, string | undefined>> = {
  SnapshotDatasetArn: snapshot,
  SubmitJobArn: submit,
  GateVersionArn: gate,
  RegisterVersionArn: register,
  StartRolloutArn: rollout,
  EndJobArn: end,
};
const definition = JSON.parse(
  readFileSync(join(root, 'statemachines/training/retrain.asl.json'), 'utf8').replaceAll(
    /\$\{(\w+)\}/g,
    (_, name: string) => places[name] ?? '',
  ),
) as object;

const passedGate = { passed: true, integrity: true, findings: [] };
const registered = { version: 'v1.0.0', passed: true, rollOut: true };
const answers = {
  gate: { default: passedGate },
  register: {
    default: registered,
    'clinic-rejected': { ...registered, passed: false },
    'clinic-broken': { refuse: 'Expected a model.onnx in the artifact, found none.' },
  },
  'start-rollout': {
    'clinic-promoted': { rollout: 'rol_01ARZ3NDEKTSV4RRFFQ69G5FAV' },
    default: { refuse: 'Expected no rollout here.' },
  },
};

let world: World;

const createFunctions = async (): Promise<void> => {
  const { emulator } = world.services;
  const role = await createRole(emulator, 'functions', 'lambda.amazonaws.com', [
    { Effect: 'Allow', Action: '*', Resource: '*' },
  ]);
  const kept = Object.entries(process.env).filter(([name]) =>
    /^(TABLE_NAME|BUCKET_NAME|CODE_VERSION|TRAINING_.*|DATA_KEY_ARN|TRIGGER_QUEUE_URL|AWS_ENDPOINT_URL_SAGEMAKER)$/.test(
      name,
    ),
  ) as [string, string][];
  const own = (name: string, file: string) =>
    createFunction(emulator, name, role, join(root, 'functions', file), Object.fromEntries(kept));
  const neighbour = (name: string, STEP: keyof typeof answers) =>
    createFunction(emulator, name, role, join(import.meta.dirname, 'fixtures/neighbour.ts'), {
      STEP,
      ANSWER: JSON.stringify(answers[STEP]),
    });
  await Promise.all([
    own('snapshot', 'cases/snapshot-dataset.ts'),
    own('submit', 'training/submit-job.ts'),
    own('end', 'training/end-job.ts'),
    own('on-job-state', 'training/on-job-state.ts'),
    neighbour('gate', 'gate'),
    neighbour('register', 'register'),
    neighbour('rollout', 'start-rollout'),
  ]);
};

const hearEvents = async (): Promise<void> => {
  const events = new EventBridgeClient({});
  await events.send(
    new PutRuleCommand({ Name: 'job-states', EventPattern: JSON.stringify({ source: ['relearn.sagemaker'] }) }),
  );
  await events.send(
    new PutTargetsCommand({ Rule: 'job-states', Targets: [{ Id: 'function', Arn: arnOf('on-job-state') }] }),
  );
};

beforeAll(async () => {
  world = await startWorld(definition);
  await createFunctions();
  await hearEvents();
}, 120_000);

afterAll(() => world.dispose());

const call = async (route: (typeof routes)[keyof typeof routes], path: Record<string, string>, body?: object) => {
  const { handler } = await import('../../functions/training/api.ts');
  return callApi(handler, route, { path, ...(body === undefined ? {} : { body }) });
};

const show = async (model: string, job: string): Promise<Job> =>
  Job.parse((await call(routes.getJob, { model, job })).json);

/** Trains a model by a program that behaves so. */
const start = async (model: string, behaviour: Behaviour): Promise<string> => {
  await world.register(tenant, { ...trainedModel(), name: model });
  await world.accept(model, 20);
  const { json } = await call(routes.postJob, { model }, { reason: 'a test', seed: seedOf(behaviour) });
  return json.id;
};

const ended = (model: string, job: string): Promise<Job> =>
  eventually(async () => {
    const seen = await show(model, job);
    return isFinishedJob(seen.status) ? seen : undefined;
  });

describe('the retrain machine', () => {
  it('trains, has the version registered and rolled out, and ends the job', async () => {
    const job = await start('clinic-promoted', 'train');
    const seen = await ended('clinic-promoted', job);
    expect(seen).toMatchObject({
      status: 'completed',
      version: 'v1.0.0',
      dataset: expect.stringMatching(/^ds_/),
      progress: { phase: 'search', done: 2, total: 2, message: 'Tried 2', best: 0.9 },
    });
    expect(seen.failure).toBeUndefined();
    expect(seen.seconds).toBeGreaterThan(0);
    expect(seen.logs?.join('\n')).toContain('holdout:accuracy');
    expect(await world.store.state(tenant, 'clinic-promoted')).toMatchObject({ lastTrainedAt: seen.endedAt });
    expect(await world.counts.trained(tenant, 'clinic-promoted')).toBe(20);
    // Cases that were accepted during the training are counted now.
    const again = await eventually(async () => {
      const bodies = await world.messages(world.triggerQueueUrl);
      return bodies.length > 0 ? bodies : undefined;
    });
    expect(again.map((body) => JSON.parse(body))).toEqual([
      { detail: { tenant, model: 'clinic-promoted', sequence: 1 } },
    ]);
  }, 60_000);

  it('leaves a version that the gate rejected where it is', async () => {
    const seen = await ended('clinic-rejected', await start('clinic-rejected', 'train'));
    expect(seen).toMatchObject({ status: 'completed', version: 'v1.0.0' });
    expect(seen.failure).toBeUndefined();
  }, 60_000);

  it('says that a rollout could not begin, and keeps the version', async () => {
    const seen = await ended('clinic-busy', await start('clinic-busy', 'train'));
    expect(seen).toMatchObject({
      status: 'completed',
      version: 'v1.0.0',
      failure: 'v1.0.0 is registered, but its rollout did not begin: Expected no rollout here.',
    });
  }, 60_000);

  it('ends a job without version by the reason of the step that refused', async () => {
    const seen = await ended('clinic-broken', await start('clinic-broken', 'train'));
    expect(seen).toMatchObject({ status: 'failed', failure: 'Expected a model.onnx in the artifact, found none.' });
    expect(seen.version).toBeUndefined();
  }, 60_000);

  it('ends a job by the reason that the training program gave', async () => {
    const seen = await ended('clinic-poor', await start('clinic-poor', 'fail'));
    expect(seen).toMatchObject({
      status: 'failed',
      failure: 'Expected 10 cases of each class, got 3 of malignant. Collect more.',
    });
    const again = await start('clinic-poor', 'train');
    expect(await ended('clinic-poor', again)).toMatchObject({ status: 'completed' });
  }, 60_000);

  it('stops with the job that is cancelled, and lets the next one start', async () => {
    const job = await start('clinic-cancelled', 'sleep');
    await eventually(async () => (await show('clinic-cancelled', job)).progress !== undefined);
    const path = { model: 'clinic-cancelled', job };
    const { status, json } = await call(routes.cancelJob, path);
    expect(status).toBe(202);
    expect(json).toMatchObject({ id: job, status: 'cancelled' });
    expect((await call(routes.cancelJob, path)).json).toMatchObject({ type: 'urn:relearn:problem:job-ended' });
    const record = await world.store.job({ tenant, ...path });
    if (record?.run === undefined) throw new Error('Expected the job to have had a run.');
    const { name } = record.run;
    await eventually(async () => (await world.service.describe(name))?.status === 'Stopped');
    await eventually(async () => (await world.machine.stateOf(record)) === 'over');
    const again = await start('clinic-cancelled', 'train');
    expect(await ended('clinic-cancelled', again)).toMatchObject({ status: 'completed' });
  }, 60_000);

  it('ends with a job that is paused, and another goes on from its checkpoint once it is resumed', async () => {
    const model = 'clinic-paused';
    const path = { model, job: await start(model, 'sleep') };
    await eventually(async () => (await show(model, path.job)).progress !== undefined);
    const before = await world.store.job({ tenant, ...path });
    expect((await call(routes.resumeJob, path)).json).toMatchObject({ type: 'urn:relearn:problem:job-not-paused' });
    const paused = await call(routes.pauseJob, path);
    expect(paused).toMatchObject({ status: 202, json: { id: path.job, status: 'paused', runs: 1 } });
    if (before === undefined) throw new Error('Expected the job to be stored.');
    await eventually(async () => (await world.machine.stateOf(before)) === 'over');
    expect((await call(routes.pauseJob, path)).status).toBe(202);
    expect((await call(routes.postJob, { model }, {})).json).toMatchObject({ job: path.job });

    // At once: its run may still be stopping.
    expect((await call(routes.resumeJob, path)).json).toMatchObject({ status: 'queued' });
    const seen = await ended(model, path.job);
    expect(seen).toMatchObject({ status: 'completed', runs: 2, dataset: before.snapshot?.dataset });
    expect(seen.cost.spent).toBeGreaterThan(0);
    expect(seen.logs?.join('\n')).toContain('holdout:accuracy');
    expect((await call(routes.pauseJob, path)).json).toMatchObject({ type: 'urn:relearn:problem:job-ended' });
    expect((await world.capacity.leases()).filter(({ job }) => job === path.job)).toEqual([]);
    const { items } = await world.audit.page(tenant, 50);
    const actions = items.filter(({ model: of }) => of === model).map(({ action }) => action);
    expect(actions.reverse()).toEqual(
      expect.arrayContaining(['training-paused', 'training-resumed', 'training-ended']),
    );
  }, 60_000);
});
