import { CreateTrainingJobCommand, SageMakerClient, StopTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { region, rootCredentials } from '../../local/aws-clients.ts';
import { type Faults, openFaults } from '../../local/sagemaker/faults.ts';
import { filesOfArchive } from './support/archive.ts';
import { eventually } from './support/eventually.ts';
import { describeJob, ended, pathOf, reached, train, trainingRequest } from './support/training.ts';
import { startTrainingWorld, type TrainingWorld } from './support/training-world.ts';

let world: TrainingWorld;
/** Tells a refusal at once, where the clients of AWS try again. */
let client: SageMakerClient;
let role: string;
let faults: Faults;

beforeAll(async () => {
  world = await startTrainingWorld();
  role = world.role;
  const { sagemakerUrl: endpoint } = world.sagemaker;
  client = new SageMakerClient({ endpoint, region, credentials: rootCredentials, maxAttempts: 1 });
  faults = openFaults(endpoint);
});

afterEach(() => faults.remove());

afterAll(() => world?.dispose());

const on = (InstanceType: 'ml.m5.large' | 'ml.m5.xlarge', other: object = {}) => ({
  ResourceConfig: { InstanceType, InstanceCount: 1, VolumeSizeInGB: 5 },
  ...other,
});
const create = (name: string, behaviour = 'train', other: object = {}) =>
  client.send(new CreateTrainingJobCommand(trainingRequest(name, role, behaviour, other)));

describe('a creation', () => {
  test.each([
    ['ResourceLimitExceeded', /^The account-level service limit 'ml.m5.large for training job usage' is 0 Instances/],
    ['CapacityError', /^Unable to provision requested ML compute capacity/],
    ['InsufficientCapacity', /^Unable to provision requested ML compute capacity/],
    ['ThrottlingException', /^Rate exceeded$/],
    ['InternalServerError', /internal error/],
  ] as const)(
    'is refused with %s, as often as asked for, and on the type of instance alone',
    async (error, message) => {
      await faults.add({ kind: 'refused', error, instanceType: 'ml.m5.large', times: 2 });
      const refused = { name: error, message: expect.stringMatching(message) };
      const name = `refused-${error}`;
      await expect(create(name)).rejects.toMatchObject(refused);
      await create(`other-${error}`, 'train', on('ml.m5.xlarge'));
      await expect(create(name)).rejects.toMatchObject(refused);
      await expect(create(name)).resolves.toBeDefined();
      expect(await faults.list()).toMatchObject([{ struck: 2 }]);
    },
  );

  test('is refused until the fault is taken back', async () => {
    const id = await faults.add({ kind: 'refused', error: 'CapacityError', job: 'stubborn', times: 'always' });
    for (let time = 0; time < 5; time += 1) {
      await expect(create('stubborn')).rejects.toMatchObject({ name: 'CapacityError' });
    }
    await faults.remove(id);
    await expect(create('stubborn')).resolves.toBeDefined();
  });

  test('beyond a limit of jobs at a time is refused in the words of AWS, and accepted when one has ended', async () => {
    await faults.add({ kind: 'instance-limit', instanceType: 'ml.m5.large', limit: 1 });
    await eventually(async () => await create('counted', 'sleep').catch(() => undefined));
    await expect(create('too-many')).rejects.toMatchObject({
      name: 'ResourceLimitExceeded',
      message: expect.stringContaining(
        "The account-level service limit 'ml.m5.large for training job usage' is 1 Instances, with current utilization of 1 Instances and a request delta of 1 Instances.",
      ),
    });
    const spot = {
      EnableManagedSpotTraining: true,
      StoppingCondition: { MaxRuntimeInSeconds: 60, MaxWaitTimeInSeconds: 60 },
    };
    await create('counted-apart', 'train', spot);
    await create('of-another-type', 'train', on('ml.m5.xlarge'));
    await client.send(new StopTrainingJobCommand({ TrainingJobName: 'counted' }));
    await ended(client, 'counted');
    await expect(create('too-many')).resolves.toBeDefined();
  });
});

describe('an accepted job', () => {
  test('can fail for want of a machine', async () => {
    await faults.add({ kind: 'no-capacity', afterSeconds: 0.3 });
    const job = await train(client, trainingRequest('unlucky', role, 'train'));
    expect(pathOf(job)).toEqual(['Starting', 'Failed']);
    expect(job.FailureReason).toMatch(/^CapacityError: Unable to provision/);
  });

  test('can start late, and be stopped before', async () => {
    await faults.add({ kind: 'delayed-start', seconds: 1, job: 'late' });
    await faults.add({ kind: 'delayed-start', seconds: 600, job: 'never' });
    await create('never');
    await client.send(new StopTrainingJobCommand({ TrainingJobName: 'never' }));
    expect(await ended(client, 'never')).toMatchObject({ TrainingJobStatus: 'Stopped' });
    const { SecondaryStatusTransitions: [starting] = [] } = await train(client, trainingRequest('late', role, 'train'));
    expect(Number(starting?.EndTime) - Number(starting?.StartTime)).toBeGreaterThanOrEqual(990);
  });
});

describe('a program', () => {
  test.each([
    [{ behaviour: 'crash' }, /^AlgorithmError: See job logs for more information, exit code: 139$/],
    [{ behaviour: 'out-of-memory' }, /^AlgorithmError: Please use an instance type with more memory.*exit code: 137$/],
    [{ behaviour: 'exit', exitCode: 4, reason: 'for a test' }, /^AlgorithmError: for a test, exit code: 4$/],
    [{ behaviour: 'fill-disk' }, /^ClientError: No space left on device: .* 5 GB$/],
  ] as const)('that goes wrong fails its job: %j', async (fault, reason) => {
    await faults.add({ kind: 'program', ...fault });
    const job = await train(client, trainingRequest(`wrong-${fault.behaviour}`, role, 'train'));
    expect(job.FailureReason).toMatch(reason);
    expect(await train(client, trainingRequest(`right-${fault.behaviour}`, role, 'train'))).toMatchObject({
      TrainingJobStatus: 'Completed',
    });
  });

  test('that hangs is stopped all the same', async () => {
    await faults.add({ kind: 'program', behaviour: 'hang' });
    await create('hanging');
    await eventually(async () => (await world.logLines('hanging').catch(() => [])).length > 0);
    await client.send(new StopTrainingJobCommand({ TrainingJobName: 'hanging' }));
    expect(await ended(client, 'hanging')).toMatchObject({ TrainingJobStatus: 'Stopped' });
  });

  test('that prints rubbish trains, and its log is text of bounded size', async () => {
    await faults.add({ kind: 'program', behaviour: 'rubbish' });
    expect(await train(client, trainingRequest('rubbish', role, 'train'))).toMatchObject({
      TrainingJobStatus: 'Completed',
    });
    const lines = await world.logLines('rubbish');
    expect(lines).toContain('{"event": "progress", "behaviour": "train"}');
    expect(lines.some((line) => line?.startsWith('xxx') && line.endsWith('(the rest of this line is left out)'))).toBe(
      true,
    );
    expect(lines.join('')).not.toMatch(/[^\P{Cc}\t]/u);
    expect(Math.max(...lines.map((line = '') => line.length))).toBeLessThan(17_000);
  });

  test.each([
    ['no-model', ['model.json', 'model.onnx']],
    ['nothing', undefined],
  ] as const)('that leaves %s for a model ends well: its artifact is for others to judge', async (behaviour, left) => {
    await faults.add({ kind: 'program', behaviour });
    expect(await train(client, trainingRequest(behaviour, role, 'train'))).toMatchObject({
      TrainingJobStatus: 'Completed',
    });
    const archive = await world.read(`output/${behaviour}/output/model.tar.gz`);
    expect(archive && Object.keys(await filesOfArchive(archive)).sort()).toEqual(left);
  });

  test('that takes more memory than its machine has is killed', async () => {
    await faults.add({ kind: 'memory-limit', megabytes: 2, job: 'greedy' });
    const job = await train(client, trainingRequest('greedy', role, 'sleep'));
    expect(job.FailureReason).toMatch(/exit code: 137$/);
    await faults.add({ kind: 'memory-limit', job: 'modest' });
    await create('modest', 'sleep');
    await reached(client, 'modest', 'Training');
    await eventually(async () => (await world.logLines('modest')).includes('the model is written'));
    expect(await describeJob(client, 'modest')).toMatchObject({ TrainingJobStatus: 'InProgress' });
    await client.send(new StopTrainingJobCommand({ TrainingJobName: 'modest' }));
    await ended(client, 'modest');
  });
});

describe('the list of faults', () => {
  test('takes only what it knows', async () => {
    const wrong = { kind: 'refused', error: 'Nonsense' } as unknown as Parameters<Faults['add']>[0];
    await expect(faults.add(wrong)).rejects.toThrow(/Value at 'error' failed to satisfy constraint/);
    await expect(faults.remove('none')).rejects.toThrow(/not found/);
    expect(await faults.list()).toEqual([]);
  });

  test('is closed to web pages', async () => {
    const answer = await fetch(`${world.sagemaker.sagemakerUrl}/_relearn/faults`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: '{ "kind": "no-capacity" }',
    });
    expect(answer.status).toBe(400);
    expect(await faults.list()).toEqual([]);
  });
});
