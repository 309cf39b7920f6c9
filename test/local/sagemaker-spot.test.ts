import { CreateTrainingJobCommand, type SageMakerClient, StopTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Faults, openFaults } from '../../local/sagemaker/faults.ts';
import { eventually } from './support/eventually.ts';
import { createRole } from './support/functions.ts';
import { ended, pathOf, reached, train, trainingRequest } from './support/training.ts';
import { bucket, startTrainingWorld, type TrainingWorld } from './support/training-world.ts';

let world: TrainingWorld;
let client: SageMakerClient;
let role: string;
let faults: Faults;

beforeAll(async () => {
  world = await startTrainingWorld();
  ({ client, role } = world);
  faults = openFaults(world.sagemaker.sagemakerUrl);
});

afterEach(() => faults.remove());

afterAll(() => world?.dispose());

const checkpointsOf = (name: string) => ({ S3Uri: `s3://${bucket}/checkpoints/${name}` });

const spot = (name: string, maxWait = 60, maxRuntime = 60) => ({
  EnableManagedSpotTraining: true,
  StoppingCondition: { MaxRuntimeInSeconds: maxRuntime, MaxWaitTimeInSeconds: maxWait },
  CheckpointConfig: checkpointsOf(name),
});

const create = (name: string, behaviour: string, other: object) =>
  client.send(new CreateTrainingJobCommand(trainingRequest(name, role, behaviour, other)));

describe('checkpoints', () => {
  test('are in S3 while the program runs and after it was stopped, and the next job goes on from them', async () => {
    const CheckpointConfig = checkpointsOf('resumed');
    await create('before', 'checkpoint', { CheckpointConfig });
    const saved = await eventually(() => world.read('checkpoints/resumed/state.json'));
    expect(JSON.parse(saved.toString())).toEqual({ starts: 1 });
    await client.send(new StopTrainingJobCommand({ TrainingJobName: 'before' }));
    expect(await ended(client, 'before')).toMatchObject({ TrainingJobStatus: 'Stopped' });
    expect(String(await world.read('checkpoints/resumed/last'))).toBe('saved at SIGTERM');

    await world.put('checkpoints/resumed-by-others/foreign', 'of another folder');
    expect(await train(client, trainingRequest('after', role, 'checkpoint', { CheckpointConfig }))).toMatchObject({
      TrainingJobStatus: 'Completed',
      CheckpointConfig,
    });
    expect(await world.seenBy('after')).toMatchObject({ checkpoints: ['last', 'state.json'] });
    expect(String(await world.read('checkpoints/resumed/state.json'))).toBe('{"starts": 2}');
  });

  test('of a program that crashes are kept', async () => {
    await faults.add({ kind: 'program', behaviour: 'crash', afterSeconds: 0.7 });
    const job = await train(
      client,
      trainingRequest('crashed', role, 'checkpoint', { CheckpointConfig: checkpointsOf('crashed') }),
    );
    expect(job.FailureReason).toMatch(/^AlgorithmError: .*exit code: 139$/);
    expect(String(await world.read('checkpoints/crashed/state.json'))).toBe('{"starts": 1}');
  });

  test('need permissions of the role', async () => {
    const CheckpointConfig = checkpointsOf('refused');
    const blind = await createRole(world.cloud, 'without-checkpoints', 'sagemaker.amazonaws.com', []);
    const unread = await train(client, trainingRequest('unread', blind, 'train', { CheckpointConfig }));
    expect(unread.FailureReason).toMatch(/^ClientError: Checkpoint download failed: AccessDenied: .*s3:ListBucket/);

    await world.put('checkpoints/refused/state.json', '{"starts": 1}');
    const reader = await createRole(world.cloud, 'reader-of-checkpoints', 'sagemaker.amazonaws.com', [
      { Effect: 'Allow', Action: 's3:ListBucket', Resource: `arn:aws:s3:::${bucket}` },
      { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/*` },
      { Effect: 'Allow', Action: 's3:PutObject', Resource: `arn:aws:s3:::${bucket}/output/*` },
    ]);
    const unsaved = await train(client, trainingRequest('unsaved', reader, 'checkpoint', { CheckpointConfig }));
    expect(unsaved.FailureReason).toMatch(/^ClientError: Checkpoint upload failed: AccessDenied: .*s3:PutObject/);
  });
});

describe('a spot job', () => {
  test('whose machine is taken away goes on from its checkpoint, and others have its place meanwhile', async () => {
    await faults.add({ kind: 'interrupted', job: 'taken', capacityAfterSeconds: 1 });
    await create('taken', 'checkpoint', spot('taken'));
    await reached(client, 'taken', 'Interrupted');
    await train(client, trainingRequest('meanwhile', role, 'train'));
    const job = await ended(client, 'taken');
    expect(job).toMatchObject({ TrainingJobStatus: 'Completed', EnableManagedSpotTraining: true });
    const firstStart = ['Starting', 'Downloading', 'Training', 'Interrupted'];
    expect(pathOf(job)).toEqual([...firstStart, 'Starting', 'Downloading', 'Training', 'Uploading', 'Completed']);
    expect(await world.seenBy('taken')).toMatchObject({ checkpoints: ['last', 'state.json'] });
    const elapsed = Number(job.TrainingEndTime) - Number(job.TrainingStartTime);
    expect(elapsed).toBeGreaterThan(1000);
    expect(job.TrainingTimeInSeconds).toBeLessThanOrEqual(Math.max(1, elapsed / 1000 - 0.5));
    expect(job.BillableTimeInSeconds).toBeLessThanOrEqual(job.TrainingTimeInSeconds ?? 0);
  });

  test('that gets no other machine in its time ends as MaxWaitTimeExceeded', async () => {
    await faults.add({ kind: 'interrupted', capacityAfterSeconds: null });
    const job = await train(client, trainingRequest('waiting', role, 'checkpoint', spot('waiting', 5, 5)));
    expect(job).toMatchObject({ TrainingJobStatus: 'Stopped', SecondaryStatus: 'MaxWaitTimeExceeded' });
    expect(pathOf(job)?.at(-2)).toBe('Interrupted');
  });

  test('can be stopped while it is interrupted', async () => {
    await faults.add({ kind: 'interrupted', capacityAfterSeconds: null });
    await create('given-up', 'checkpoint', spot('given-up'));
    await reached(client, 'given-up', 'Interrupted');
    await client.send(new StopTrainingJobCommand({ TrainingJobName: 'given-up' }));
    expect(await ended(client, 'given-up')).toMatchObject({ TrainingJobStatus: 'Stopped', SecondaryStatus: 'Stopped' });
  });

  test.each([
    [{ EnableManagedSpotTraining: true }, /must be present and be greater than or equal to MaxRuntimeInSeconds/],
    [spot('short', 59), /must be present and be greater than or equal to MaxRuntimeInSeconds/],
    [{ ...spot('none'), EnableManagedSpotTraining: false }, /only supported when EnableManagedSpotTraining is set/],
  ])('needs a waiting time that goes with it: %j', async (other, message) => {
    await expect(create('invalid', 'train', other)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(message),
    });
  });

  test('alone is interrupted', async () => {
    await faults.add({ kind: 'interrupted', times: 'always' });
    const limit = { StoppingCondition: { MaxRuntimeInSeconds: 1 } };
    const job = await train(client, trainingRequest('on-demand', role, 'sleep', limit));
    expect(job).toMatchObject({ SecondaryStatus: 'MaxRuntimeExceeded' });
    expect(await faults.list()).toMatchObject([{ struck: 0 }]);
  });
});
