import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Recipe, Task } from '../../contracts/model.ts';
import type { Run } from '../../functions/training/domain/job-record.ts';
import { chooseRecipe, hyperparametersOf, runName } from '../../functions/training/domain/training-run.ts';
import { runRequest } from '../../functions/training/services/run-request.ts';
import { openTrainingService } from '../../functions/training/services/training-service.ts';
import { job, record, run } from './records.ts';

const place = {
  bucket: 'data',
  image: 'relearn/training:1',
  gpuImage: 'relearn/training:1-gpu',
  roleArn: 'arn:aws:iam::000000000000:role/trainer',
  keyArn: 'arn:aws:kms:us-east-1:000000000000:key/data',
  codeVersion: '0.1.0',
};
const submitted = {
  tenant: 'acme',
  model: { name: 'clinic', task: Task.TabularClassification, slices: [] },
  job: record({ seed: 7, recipe: { name: 'tabular', metric: 'f1', parameters: { folds: 3 } }, taskToken: 'secret' }),
  run: run({ name: 'relearn-job-1' }),
  snapshot: {
    dataset: `ds_${'a'.repeat(64)}`,
    cut: 1,
    manifestKey: 'tenants/acme/m.json',
    segmentListKey: 'tenants/acme/s',
  },
};
const request = runRequest(place, submitted);

describe('the name of a run', () => {
  it('is one that the training service takes, and another for each run of each job', () => {
    const alphabet = [...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'];
    const ulid = fc
      .array(fc.constantFrom(...alphabet), { minLength: 26, maxLength: 26 })
      .map((parts) => parts.join(''));
    const names = new Map<string, string>();
    fc.assert(
      fc.property(ulid, fc.integer({ min: 1, max: 99 }), (id, number) => {
        const name = runName(`job_${id}`, number);
        expect(name).toMatch(/^relearn-[a-zA-Z0-9](-*[a-zA-Z0-9]){0,54}$/);
        const owner = `${id}-${number}`;
        expect(names.get(name) ?? owner).toBe(owner);
        names.set(name, owner);
      }),
    );
    expect(runName(job, 2)).toBe('relearn-job-01arz3ndektsv4rrffq69g5fav-2');
  });
});

describe('what a training program is told', () => {
  const given = { task: Task.TabularClassification, seed: 7, codeVersion: '0.1.0', slices: [], seconds: 3600 };

  it('is exactly six texts', () => {
    const recipe = { name: 'tabular', metric: 'f1', parameters: { folds: 3 } } as const;
    expect(hyperparametersOf({ ...given, recipe })).toEqual({
      task: 'tabular-classification',
      recipe: 'tabular',
      metric: 'f1',
      seed: '7',
      codeVersion: '0.1.0',
      parameters: '{"folds":3}',
    });
  });

  it('has the metric of its task where none is chosen, and the slices where there are any', () => {
    const recipe = { name: 'tabular', parameters: {} } as const;
    const task = Task.TabularRegression;
    expect(hyperparametersOf({ ...given, recipe }).metric).toBe('accuracy');
    expect(hyperparametersOf({ ...given, task, recipe, slices: ['site'] })).toMatchObject({
      metric: 'rmse',
      slices: '["site"]',
    });
  });

  it('searches no longer than its run may take, so that what is found becomes a model', () => {
    const told = (name: 'tabular' | 'network', parameters: Recipe['parameters'], seconds: number) =>
      JSON.parse(hyperparametersOf({ ...given, recipe: { name, parameters }, seconds }).parameters ?? '');
    expect(told('tabular', { seconds: 100 }, 30)).toEqual({ seconds: 19 });
    expect(told('tabular', { trials: 5 }, 30)).toEqual({ trials: 5, seconds: 19 });
    expect(told('tabular', {}, 1)).toEqual({ seconds: 1 });
    expect(told('tabular', { seconds: 19 }, 30)).toEqual({ seconds: 19 });
    expect(told('tabular', { seconds: '100' }, 30)).toEqual({ seconds: '100' });
    expect(told('network', {}, 30)).toEqual({});
  });

  it('mixes no parameters of one recipe into another', () => {
    const own = { name: 'tabular', metric: 'f1', parameters: { folds: 3 } } as const;
    expect(chooseRecipe(own, undefined)).toEqual(own);
    expect(chooseRecipe(own, { metric: 'accuracy' })).toEqual({ ...own, metric: 'accuracy' });
    expect(chooseRecipe(own, { name: 'drill' })).toEqual({ name: 'drill', metric: 'f1', parameters: {} });
    expect(chooseRecipe(own, { parameters: { folds: 5 } })).toEqual({ ...own, parameters: { folds: 5 } });
  });
});

describe('what SageMaker is asked for', () => {
  it('has no network, an encrypted disk and output, a limit, and two channels', () => {
    expect(request).toMatchObject({
      TrainingJobName: 'relearn-job-1',
      EnableNetworkIsolation: true,
      StoppingCondition: { MaxRuntimeInSeconds: 3600 },
      OutputDataConfig: {
        S3OutputPath: 's3://data/tenants/acme/models/clinic/training-output',
        KmsKeyId: place.keyArn,
      },
      ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeKmsKeyId: place.keyArn },
      InputDataConfig: [
        {
          ChannelName: 'manifest',
          InputMode: 'File',
          DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://data/tenants/acme/m.json' } },
        },
        {
          ChannelName: 'dataset',
          InputMode: 'File',
          DataSource: { S3DataSource: { S3DataType: 'ManifestFile', S3Uri: 's3://data/tenants/acme/s' } },
        },
      ],
    });
  });

  it('keeps its checkpoints by its job, so that every run of it finds them', () => {
    const S3Uri = `s3://data/tenants/acme/models/clinic/training-checkpoints/${job}`;
    expect(request.CheckpointConfig).toEqual({ S3Uri, LocalPath: '/opt/ml/checkpoints' });
  });

  it('goes on from the version that serves, where that one’s search is known', () => {
    const { InputDataConfig } = runRequest(place, { ...submitted, championKey: 'tenants/acme/sidecar/model.json' });
    expect(InputDataConfig?.[2]).toMatchObject({
      ChannelName: 'champion',
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://data/tenants/acme/sidecar/model.json' } },
    });
  });

  it('is spare capacity only where the policy says so, waited for an hour longer than it trains', () => {
    expect(request.EnableManagedSpotTraining).toBeUndefined();
    const spot = runRequest(place, { ...submitted, job: { ...submitted.job, spot: true } });
    expect(spot).toMatchObject({
      EnableManagedSpotTraining: true,
      StoppingCondition: { MaxRuntimeInSeconds: 3600, MaxWaitTimeInSeconds: 7200 },
    });
  });

  it('has the time that earlier runs have left, and the disk that the job needs', () => {
    const limitOf = (trainedSeconds: number) =>
      runRequest(place, { ...submitted, job: { ...submitted.job, trainedSeconds, volumeGigabytes: 120 } });
    expect(limitOf(600.5)).toMatchObject({
      StoppingCondition: { MaxRuntimeInSeconds: 3000 },
      ResourceConfig: { VolumeSizeInGB: 120 },
    });
    expect(limitOf(3590).StoppingCondition).toEqual({ MaxRuntimeInSeconds: 10 });
    expect(limitOf(3650).StoppingCondition).toEqual({ MaxRuntimeInSeconds: 1 });
  });

  it('has another image where the machine has a graphics card', () => {
    const on = (instanceType: Run['instanceType']) =>
      runRequest(place, { ...submitted, run: run({ instanceType }) }).AlgorithmSpecification?.TrainingImage;
    expect([on('ml.m5.large'), on('ml.g5.xlarge')]).toEqual([place.image, place.gpuImage]);
  });

  it('does not carry the token of the machine', () => {
    expect(JSON.stringify(request)).not.toContain('secret');
  });
});

describe('the training service', () => {
  let server: Server;
  let answer: { status: number; type: string };

  beforeAll(async () => {
    server = createServer((_, response) => {
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify({ __type: answer.type, message: 'the service says so' }));
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_SAGEMAKER: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_MAX_ATTEMPTS: '1',
    });
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it.each([
    ['ResourceLimitExceeded', 400],
    ['CapacityError', 400],
    ['ThrottlingException', 400],
  ])('that answers %s has no capacity now', async (type, status) => {
    answer = { status, type };
    await expect(openTrainingService().start(request)).rejects.toMatchObject({ name: 'CapacityError' });
  });

  it('that cannot say whether it has taken a run is asked again', async () => {
    answer = { status: 500, type: 'InternalServerError' };
    await expect(openTrainingService().start(request)).rejects.toMatchObject({ name: 'UnansweredError' });
  });

  it('that knows the run already has taken it', async () => {
    answer = { status: 400, type: 'ResourceInUse' };
    await expect(openTrainingService().start(request)).resolves.toBeUndefined();
  });

  it('that refuses the request is no matter of capacity', async () => {
    answer = { status: 400, type: 'ValidationException' };
    await expect(openTrainingService().start(request)).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('that knows no such run has nothing to tell and nothing to stop', async () => {
    answer = { status: 400, type: 'ValidationException' };
    expect(await openTrainingService().describe('relearn-nothing')).toBeUndefined();
    await expect(openTrainingService().stop('relearn-nothing')).resolves.toBeUndefined();
  });
});
