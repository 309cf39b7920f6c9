import { DescribeExecutionCommand, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventBridgeEvent } from 'aws-lambda';
import type { jobStateChange } from '../../contracts/events.ts';
import { JobStatus } from '../../contracts/statuses.ts';
import { RetrainExecution, SubmitInput } from '../../contracts/workflows.ts';
import { openCutDataset } from '../../functions/cases/datasets/cut-dataset.ts';
import { cancelJob } from '../../functions/training/operations/cancel-job.ts';
import { endJob } from '../../functions/training/operations/end-job.ts';
import { reconcileJob } from '../../functions/training/operations/reconcile-job.ts';
import { requestTraining } from '../../functions/training/operations/request-training.ts';
import { submitJob } from '../../functions/training/operations/submit-job.ts';
import type { JobKey } from '../../functions/training/store/training-store.ts';
import { account, region } from '../../local/aws-clients.ts';
import { filesOfArchive } from '../local/support/archive.ts';
import { eventually } from '../local/support/eventually.ts';
import { startWorld, tenant, trainedModel, type World } from './world.ts';

/** A machine that hands out the token that it waits for. */
const handsOutToken = {
  QueryLanguage: 'JSONata',
  StartAt: 'Wait',
  States: {
    Wait: {
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
      Arguments: {
        QueueUrl: `https://sqs.${region}.amazonaws.com/${account}/triggers`,
        MessageBody: { execution: '{% $states.input %}', taskToken: '{% $states.context.Task.Token %}' },
      },
      TimeoutSeconds: 600,
      End: true,
    },
  },
};

let world: World;
let heard: (run: string, TrainingJobStatus: string, other?: object) => Promise<void>;
let models = 0;

beforeAll(async () => {
  world = await startWorld(handsOutToken);
  const { handler } = await import('../../functions/training/on-job-state.ts');
  heard = (run, TrainingJobStatus, other = {}) =>
    handler({ detail: { TrainingJobName: run, TrainingJobStatus, ...other } } as unknown as EventBridgeEvent<
      typeof jobStateChange,
      unknown
    >);
}, 120_000);

afterAll(() => world.dispose());

/** Starts a job whose program behaves so. */
const start = async (behaviour: string): Promise<JobKey> => {
  models += 1;
  const model = { ...trainedModel(), name: `clinic-${models}` };
  await world.register(tenant, model);
  await world.accept(model.name, 20);
  const recipe = { parameters: { behaviour } };
  const { id } = await requestTraining(world, tenant, model, { actor: 'test', recipe });
  return { tenant, model: model.name, job: id };
};

/** What the machine of a job gives to the function that submits it. */
const submission = async (key: JobKey): Promise<SubmitInput> => {
  const { execution, taskToken } = await eventually(async () => {
    const bodies = (await world.messages(world.triggerQueueUrl)).map((body) => JSON.parse(body));
    return bodies.find((body) => body.execution.job === key.job);
  });
  const { snapshot, ...input } = RetrainExecution.parse(execution);
  return SubmitInput.parse({ ...input, snapshot: snapshot ?? (await cut(key)), taskToken });
};

const cut = async ({ model: name }: JobKey) => {
  const model = await world.models.get(tenant, name);
  if (model === undefined) throw new Error('Expected the model to be registered.');
  const result = await openCutDataset(world.table, world.objects, world.clock)(tenant, model, 'test');
  if (!('dataset' in result)) throw new Error(result.detail);
  const { id, cut: sequence } = result.dataset;
  const folder = `tenants/${tenant}/models/${name}/datasets/${id}`;
  const [manifestKey, segmentListKey] = [`${folder}/manifest.json`, `${folder}/segments.manifest`];
  return { dataset: id, cut: sequence, manifestKey, segmentListKey };
};

const place = () => ({
  bucket: world.services.bucketName,
  image: 'relearn/training:test',
  roleArn: world.roleArn,
  keyArn: `arn:aws:kms:${region}:${account}:key/data`,
  codeVersion: 'test',
});

const submit = (input: SubmitInput): Promise<void> => submitJob({ ...world, place: place() }, input);

const jobOf = async (key: JobKey) => {
  const job = await world.store.job(key);
  if (job === undefined) throw new Error('Expected the job to be stored.');
  return job;
};

const runOf = async (key: JobKey): Promise<string> => (await jobOf(key)).run?.name ?? '';

const over = async (run: string, status: string): Promise<void> => {
  await eventually(async () => (await world.service.describe(run))?.status === status);
};

const executionArnOf = async (key: JobKey): Promise<string> => {
  const { id, attempt } = await jobOf(key);
  return `${world.machineArn.replace(':stateMachine:', ':execution:')}:${id}-${attempt}`;
};

const loseExecution = async (key: JobKey): Promise<void> => {
  await new SFNClient({}).send(new StopExecutionCommand({ executionArn: await executionArnOf(key) }));
};

/** What the machine of a job was told, or the error that it was given. */
const output = (key: JobKey): Promise<unknown> =>
  eventually(async () => {
    const executionArn = await executionArnOf(key);
    const {
      status,
      output: told,
      error,
      cause,
    } = await new SFNClient({}).send(new DescribeExecutionCommand({ executionArn }));
    if (status === 'RUNNING') return undefined;
    return status === 'SUCCEEDED' ? JSON.parse(told ?? '') : { error, cause };
  });

const stateOf = async (key: JobKey): Promise<'running' | 'over' | 'absent'> => world.machine.stateOf(await jobOf(key));

describe('a job that is submitted', () => {
  it('runs on its dataset with its hyperparameters, and its end is told once', async () => {
    const key = await start('train');
    await submit(await submission(key));
    const run = await runOf(key);
    expect(await jobOf(key)).toMatchObject({ status: 'running', runs: 1, snapshot: { dataset: expect.any(String) } });
    expect(run).toBe(`relearn-${key.job.replace('_', '-').toLowerCase()}-1`);
    await over(run, 'Completed');
    const artifactKey = `tenants/${tenant}/models/${key.model}/training-output/${run}/output/model.tar.gz`;
    const artifact = await world.objects.read(artifactKey);
    const { 'model.json': trained = '' } = await filesOfArchive(Buffer.from(artifact ?? []));
    expect(JSON.parse(trained)).toMatchObject({
      channels: ['dataset', 'manifest'],
      hyperparameters: { recipe: 'tabular', parameters: '{"behaviour":"train"}', codeVersion: 'test' },
    });
    await heard(run, 'InProgress');
    expect(await stateOf(key)).toBe('running');
    await heard(run, 'Completed');
    expect(await output(key)).toEqual({ artifactKey });
    await heard(run, 'Completed');
    await heard(run, 'Failed', { FailureReason: 'too late' });
    expect(await jobOf(key)).toMatchObject({ status: 'running' });
  });

  it('is submitted once, however often its function is called', async () => {
    const key = await start('sleep');
    const input = await submission(key);
    await submit(input);
    await submit(input);
    expect(await jobOf(key)).toMatchObject({ runs: 1, run: { taskToken: input.taskToken } });
    await cancelJob(world, key, 'test');
  });

  it('is not submitted where it was cancelled before', async () => {
    const key = await start('train');
    const input = await submission(key);
    await cancelJob(world, key, 'test');
    expect(await output(key)).toMatchObject({ error: 'JobCancelledError' });
    await expect(submit(input)).rejects.toMatchObject({ name: 'JobCancelledError' });
    expect(await jobOf(key)).toMatchObject({ status: 'cancelled', runs: 0 });
  });

  it('has its run stopped where it is cancelled in the midst of being submitted', async () => {
    const key = await start('sleep');
    const input = await submission(key);
    const service = {
      ...world.service,
      start: async (run: Parameters<World['service']['start']>[0]) => {
        await cancelJob(world, key, 'test');
        await world.service.start(run);
      },
    };
    await expect(submitJob({ ...world, service, place: place() }, input)).rejects.toMatchObject({
      name: 'JobCancelledError',
    });
    await over(await runOf(key), 'Stopped');
  });
});

describe('a job that the training service refuses', () => {
  it('lets the machine know, which would wait for its token otherwise', async () => {
    const key = await start('train');
    process.env.TRAINING_ROLE_ARN = `arn:aws:iam::${account}:role/nobody`;
    const { handler } = await import('../../functions/training/submit-job.ts');
    await handler(await submission(key));
    expect(await output(key)).toMatchObject({ error: 'ValidationException' });
    expect(await jobOf(key)).toMatchObject({ status: 'queued' });
  });
});

describe('an event of a run', () => {
  it('that nobody owns changes nothing', async () => {
    await expect(heard('relearn-job-of-nobody-1', 'Completed')).resolves.toBeUndefined();
  });

  it('that was lost is made up for by reconciliation', async () => {
    const key = await start('train');
    await submit(await submission(key));
    expect(await reconcileJob(world, key)).toBe('none');
    await over(await runOf(key), 'Completed');
    expect(await reconcileJob(world, key)).toBe('deliver');
    expect(await output(key)).toEqual({ artifactKey: expect.stringContaining(await runOf(key)) });
  });

  it('that says completed of a job that was cancelled does not let it go on', async () => {
    const key = await start('sleep');
    await submit(await submission(key));
    const run = await runOf(key);
    await endJob(world, key, { status: JobStatus.Cancelled }, 'test');
    await heard(run, 'Completed');
    expect(await output(key)).toMatchObject({ error: 'JobCancelledError' });
    await world.service.stop(run);
  });
});

describe('a job whose execution was lost', () => {
  it('goes on in another, with the same dataset and the run that it has', async () => {
    const key = await start('train');
    await submit(await submission(key));
    const [run, before] = [await runOf(key), await jobOf(key)];
    await over(run, 'Completed');
    await loseExecution(key);
    expect(await reconcileJob(world, key)).toBe('restart');
    await world.accept(key.model, 5);
    const input = await submission(key);
    expect(input).toMatchObject({ attempt: 2, snapshot: before.snapshot });
    await submit(input);
    expect(await jobOf(key)).toMatchObject({ attempt: 2, runs: 1, run: { name: run } });
    expect(await output(key)).toEqual({ artifactKey: expect.stringContaining(run) });
  });

  it('is trained again where its run was lost too', async () => {
    const key = await start('fail');
    await submit(await submission(key));
    const first = await runOf(key);
    await over(first, 'Failed');
    await loseExecution(key);
    await reconcileJob(world, key);
    await submit(await submission(key));
    expect(await runOf(key)).toMatch(/-2$/);
    expect(await jobOf(key)).toMatchObject({ attempt: 2, runs: 2 });
    await heard(first, 'Failed');
    expect(await stateOf(key)).toBe('running');
    await cancelJob(world, key, 'test');
  });

  it('ignores the attempt of before', async () => {
    const key = await start('train');
    const input = await submission(key);
    await loseExecution(key);
    await reconcileJob(world, key);
    await expect(submit(input)).rejects.toMatchObject({ name: 'JobCancelledError' });
    await cancelJob(world, key, 'test');
  });

  it('fails after three attempts, and makes room for the next', async () => {
    const key = await start('train');
    const done: string[] = [];
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await eventually(async () => (await stateOf(key)) === 'running');
      await loseExecution(key);
      done.push(await reconcileJob(world, key));
    }
    expect(done).toEqual(['restart', 'restart', 'give-up']);
    expect(await jobOf(key)).toMatchObject({ status: 'failed', failure: expect.stringContaining('3 times') });
    expect((await world.store.state(tenant, key.model)).activeJob).toBeUndefined();
    for await (const running of world.store.running()) expect(running.job).not.toBe(key.job);
  });
});

describe('a run that does not end', () => {
  it('is stopped past its limit, and its machine is told why', async () => {
    const key = await start('sleep');
    await submit(await submission(key));
    const run = await runOf(key);
    await eventually(async () => (await world.service.describe(run))?.startedAt);
    const later = { now: () => Date.now() + 3600_000 + 301_000 };
    expect(await reconcileJob({ ...world, clock: later }, key)).toBe('stop');
    await over(run, 'Stopped');
    expect(await output(key)).toMatchObject({ error: 'TrainingFailedError', cause: expect.stringContaining('3600 s') });
  });
});
