import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { objectKeys } from '../../contracts/keys.ts';
import { AuditAction, type AuditEntry } from '../../contracts/monitoring.ts';
import { JobStatus } from '../../contracts/statuses.ts';
import { Suggestions } from '../../contracts/suggestions.ts';
import { WaitingReason } from '../../contracts/training.ts';
import { s3ClientOptions } from '../../local/aws-clients.ts';
import { type Faults, openFaults } from '../../local/sagemaker/faults.ts';
import { firstRows, long, registerModel } from './training-world.ts';
import { call, diagnosis, eventually, startTestCloud, type TestCloud } from './world.ts';

let cloud: TestCloud;
let faults: Faults;

beforeAll(async () => {
  cloud = await startTestCloud({ concurrentJobs: 4, stopSeconds: 1 });
  faults = openFaults(cloud.sagemakerUrl);
}, 600_000);

afterAll(() => cloud?.dispose(), 120_000);

const operator = (method: string, path: string, body?: unknown) =>
  call(cloud, cloud.tenants.acme?.operator, method, path, body);

/** What the audit says of a job, the newest first. */
const auditOf = async (job: string): Promise<string[]> => {
  const { items } = (await operator('GET', '/audit?limit=100')).body;
  return items
    .filter(({ subjectOfAction }: AuditEntry) => subjectOfAction === job)
    .map(({ action }: AuditEntry) => action);
};

/** Of a job that is not at work. */
const corruptCheckpoint = async (model: string, job: string): Promise<void> => {
  const s3 = new S3Client(s3ClientOptions(cloud));
  const Bucket = cloud.outputs.DataBucketName;
  const Prefix = objectKeys.checkpoints('acme', model, job);
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
  expect(Contents.map(({ Key }) => Key)).toContain(`${Prefix}/search.json`);
  await Promise.all(Contents.map(({ Key }) => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'rubbish' }))));
  s3.destroy();
};

/** Faults are aimed by the type of instance: each model that meets one has types of its own, and what goes well has these. */
const sound = { instanceTypes: ['ml.m5.4xlarge', 'ml.g5.2xlarge', 'ml.g4dn.2xlarge'] };

/** What a person reads: no trace, no name of a class, one line with an end. */
const sentence = /^(?!.*(?:Traceback|Error:|undefined|\[object))[A-Z].{20,400}\.$/;

type NewFault = Parameters<Faults['add']>[0];
type Program = Omit<Extract<NewFault, { kind: 'program' }>, 'kind' | 'instanceType' | 'times'>;

/** Programs that go wrong in trainings of one model, one after the other. */
const programs: readonly {
  readonly model: string;
  readonly instanceType: string;
  readonly training: object;
  readonly trainings: readonly {
    readonly program?: Program;
    readonly runs: number;
    readonly failure: RegExp;
  }[];
}[] = [
  {
    model: 'hanging',
    instanceType: 'ml.c5.4xlarge',
    training: { maximumSeconds: 30 },
    trainings: [
      {
        program: { behaviour: 'hang' },
        runs: 1,
        failure: /^The training took longer than its limit of 30 s, all its runs together\. Raise maximumSeconds/,
      },
    ],
  },
  {
    model: 'crashing',
    instanceType: 'ml.c5.2xlarge',
    training: { maximumRetries: 2 },
    trainings: [
      {
        program: { behaviour: 'crash' },
        runs: 2,
        failure: /^The training process crashed\. It was tried twice\. Its log may say where; start it again/,
      },
      {
        program: { behaviour: 'exit', exitCode: 42 },
        runs: 2,
        failure: /^The training program ended with exit status 42 and gave no reason\. .* It was tried twice\. Start/,
      },
      {
        program: { behaviour: 'exit', exitCode: 2, reason: 'Expected a seed; got none: give one.' },
        runs: 1,
        failure: /^Expected a seed; got none: give one\.$/,
      },
    ],
  },
  {
    model: 'filling',
    instanceType: 'ml.g4dn.xlarge',
    training: { maximumRetries: 1 },
    trainings: [
      {
        program: { behaviour: 'fill-disk' },
        runs: 2,
        failure:
          /^The disk of the training machine was full\. It was tried 2 times, and maximumRetries .* no more\. Train/,
      },
      {
        program: { behaviour: 'out-of-memory' },
        runs: 1,
        failure:
          /memory ran out\. No type that the policy allows has more memory than ml\.g4dn\.xlarge\. Name a larger/,
      },
    ],
  },
  {
    model: 'artless',
    instanceType: 'ml.g5.xlarge',
    training: { maximumRetries: 2 },
    trainings: [
      { program: { behaviour: 'no-model' }, runs: 1, failure: /the gate refused it .*model\.json.*; train again\.$/ },
      {
        program: { behaviour: 'nothing' },
        runs: 1,
        failure: /the gate refused it .*the program wrote nothing\); train again\.$/,
      },
    ],
  },
];

describe('models beside one another', () => {
  it.concurrent.each(programs)(
    'whose program goes wrong: $model fails with a sentence each time, loses no case, and is trained then',
    async ({ model: name, instanceType, training, trainings }) => {
      const model = await registerModel(cloud, { name, training: { ...training, instanceTypes: [instanceType] } });
      for (const { program, runs, failure } of trainings) {
        if (program !== undefined) await faults.add({ kind: 'program', ...program, instanceType, times: runs });
        const job = await model.train();
        expect(job).toMatchObject({ status: JobStatus.Failed, runs, failure: expect.stringMatching(failure) });
        expect(job.failure).toMatch(sentence);
        expect(job.version).toBeUndefined();
      }
      // What it prints last is no reason to fail.
      await faults.add({ kind: 'program', behaviour: 'rubbish', instanceType });
      const next = await model.train();
      expect(next).toMatchObject({ status: JobStatus.Completed, version: 'v1.0.0' });
      expect(next.logs?.at(-1)).toContain('"event": "finished"');
      expect((await model.operator('GET', '/cases/statistics')).body).toMatchObject({ accepted: 60, pending: 0 });
    },
    300_000,
  );

  it.concurrent('for which there is no machine: a job waits and says why, another tenant proceeds, and the job starts by itself', async () => {
    const training = { instanceTypes: ['ml.c5.xlarge'] };
    const [waiting, other] = await Promise.all([
      registerModel(cloud, { name: 'starved', training }),
      registerModel(cloud, { name: 'starved', tenant: 'globex', training }),
    ]);
    await faults.add({ kind: 'refused', error: 'ResourceLimitExceeded', instanceType: 'ml.c5.xlarge' });
    const id = await waiting.start();
    const seen = await eventually(
      () => waiting.job(id),
      ({ waiting, endedAt }) => waiting !== undefined || endedAt !== undefined,
    );
    expect(seen).toMatchObject({
      status: JobStatus.Queued,
      runs: 0,
      waiting: {
        reason: WaitingReason.Capacity,
        detail: expect.stringMatching(/^The training service gives no ml\.c5\.xlarge now\. It is tried again/),
        nextAttemptAt: expect.any(String),
      },
    });
    expect(await other.train()).toMatchObject({ status: JobStatus.Completed });
    const done = await waiting.ended(id);
    expect(done).toMatchObject({ status: JobStatus.Completed, runs: 1 });
    expect(done.failure).toBeUndefined();
    expect(Date.parse(done.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(seen.waiting?.nextAttemptAt ?? ''));
  }, 300_000);

  it.concurrent('for which there is no machine of a type: the next that is allowed is taken', async () => {
    const instanceTypes = ['ml.m5.large', 'ml.m5.xlarge', 'ml.m5.2xlarge', 'ml.m5.4xlarge'] as const;
    const model = await registerModel(cloud, { name: 'wandering', training: { instanceTypes, maximumRetries: 0 } });
    const [large, xlarge, doubleXlarge] = instanceTypes;
    const times = 'always';
    const added = await Promise.all([
      faults.add({ kind: 'refused', error: 'CapacityError', instanceType: large, times }),
      faults.add({ kind: 'refused', error: 'ThrottlingException', instanceType: xlarge, times }),
      faults.add({ kind: 'no-capacity', instanceType: doubleXlarge, times }),
    ]);
    expect(await model.train()).toMatchObject({ status: JobStatus.Completed, instanceType: 'ml.m5.4xlarge' });
    const met = (await faults.list()).filter(({ id, struck }) => added.includes(id) && struck > 0);
    expect(met).toHaveLength(3);
  }, 300_000);

  it.concurrent('whose machine is long in coming: a job is queued until its program runs, and has not started before', async () => {
    const seconds = 8;
    const model = await registerModel(cloud, { name: 'patient', training: sound });
    const delayed = async (): Promise<string> => {
      const id = await model.start();
      // A run has the name of its job; the dataset is cut before.
      await faults.add({ kind: 'delayed-start', seconds, job: id.replace('job_', '').toLowerCase() });
      return id;
    };
    const prepared = async (id: string) => {
      const seen = await eventually(
        () => model.job(id),
        ({ runs, endedAt }) => runs > 0 || endedAt !== undefined,
      );
      expect(seen).toMatchObject({ status: JobStatus.Queued, runs: 1, waiting: { reason: WaitingReason.Preparing } });
      expect([seen.startedAt, seen.progress, seen.waiting?.nextAttemptAt]).toEqual([undefined, undefined, undefined]);
      expect(await auditOf(id)).toEqual([AuditAction.TrainingRequested]);
      return Date.parse(seen.waiting?.since ?? '');
    };

    const id = await delayed();
    const since = await prepared(id);
    const running = await eventually(
      () => model.job(id),
      ({ status }) => status !== JobStatus.Queued,
    );
    expect(running).toMatchObject({ status: JobStatus.Running });
    const done = await model.ended(id);
    expect(done).toMatchObject({ status: JobStatus.Completed, runs: 1, startedAt: running.startedAt });
    const startedAt = Date.parse(done.startedAt ?? '');
    expect(startedAt).toBeGreaterThanOrEqual(since + (seconds - 1) * 1000);
    expect(done.seconds).toBe((Date.parse(done.endedAt ?? '') - startedAt) / 1000);
    const { TrainingEnded, TrainingCancelled, TrainingStarted, TrainingRequested } = AuditAction;
    expect(await auditOf(id)).toEqual([TrainingEnded, TrainingStarted, TrainingRequested]);

    const second = await delayed();
    await prepared(second);
    expect((await model.operator('POST', `/training-jobs/${second}/cancel`)).status).toBe(202);
    expect((await model.job(second)).startedAt).toBeUndefined();
    expect(await auditOf(second)).toEqual([TrainingCancelled, TrainingRequested]);
  }, 300_000);

  it.concurrent('whose machine is taken away in the midst of a training: it goes on from the checkpoint', async () => {
    const model = await registerModel(cloud, { name: 'thrifty', training: { ...sound, spot: true } });
    const id = await model.start(long);
    await eventually(
      () => model.job(id),
      ({ progress }) => (progress?.trial ?? 0) >= 2,
    );
    await faults.add({ kind: 'interrupted', capacityAfterSeconds: 1 });
    const after = await eventually(
      () => model.job(id),
      ({ logs, endedAt }) => logs?.join().includes('from a checkpoint') === true || endedAt !== undefined,
    );
    expect(after.logs?.join()).toMatch(/Goes on from a checkpoint: \d+ trials are done/);
    expect(await model.ended(id)).toMatchObject({ status: JobStatus.Completed, spot: true, runs: 1 });
  }, 300_000);

  it.concurrent('about which people change their minds: pauses, resumptions and cancellations count once', async () => {
    const model = await registerModel(cloud, { name: 'hurried', training: sound });
    const change = async (id: string, what: string) => {
      const { status, body } = await model.operator('POST', `/training-jobs/${id}/${what}`);
      return [status, body.type?.replace('urn:relearn:problem:', '') ?? body.status];
    };

    const id = await model.start(long);
    expect(await change(id, 'resume')).toEqual([409, 'job-not-paused']);
    await eventually(
      () => model.job(id),
      ({ progress }) => (progress?.trial ?? 0) >= 2,
    );
    expect(await Promise.all([change(id, 'pause'), change(id, 'pause')])).toEqual(Array(2).fill([202, 'paused']));
    expect(await change(id, 'pause')).toEqual([202, 'paused']);
    // Its run has ended, and its checkpoint is whole, once it is charged for.
    await eventually(
      () => model.job(id),
      ({ cost }) => cost.spent > 0,
    );
    await corruptCheckpoint('hurried', id);
    const resumed = await Promise.all([change(id, 'resume'), change(id, 'resume')]);
    expect(resumed.map(([status]) => status)).toEqual([202, 202]);
    await eventually(
      () => model.job(id),
      ({ logs }) => logs?.join().includes('The checkpoint is damaged') === true,
    );
    expect(await model.ended(id)).toMatchObject({ status: JobStatus.Completed, runs: 2, version: 'v1.0.0' });

    expect(await auditOf(id)).toEqual([
      AuditAction.TrainingEnded,
      AuditAction.TrainingResumed,
      AuditAction.TrainingPaused,
      AuditAction.TrainingStarted,
      AuditAction.TrainingRequested,
    ]);

    const second = await model.start(long);
    expect(await change(second, 'pause')).toEqual([202, 'paused']);
    expect(await change(second, 'cancel')).toEqual([202, 'cancelled']);
    for (const what of ['resume', 'pause', 'cancel']) expect(await change(second, what)).toEqual([409, 'job-ended']);

    const third = await model.start(long);
    await Promise.all(['pause', 'cancel', 'resume'].map((what) => change(third, what)));
    expect(await model.job(third)).toMatchObject({ status: JobStatus.Cancelled });
    expect(await model.train()).toMatchObject({ status: JobStatus.Completed, version: 'v1.1.0' });
  }, 300_000);

  it.concurrent.each([
    ['of one class', 20, /^Expected cases of at least 2 classes .* found 1 among 20 .*\. Send validated cases/],
    ['of three rows', 3, /^Expected at least 10 accepted cases, found 3\. Send 7 more/],
  ] as const)(
    'with data that nothing can be learnt from, %s: no job is begun',
    async (what, count, expected) => {
      const cases = (await firstRows(60)).filter(({ label }) => label === 'malignant').slice(0, count);
      const model = await registerModel(cloud, { name: what.replaceAll(' ', '-'), training: sound, cases });
      const { status, body } = await model.operator('POST', '/training-jobs', {});
      expect([status, body.type]).toEqual([422, 'urn:relearn:problem:too-few-cases']);
      expect(body.detail).toMatch(expected);
      expect((await model.operator('GET', '/training-jobs')).body.items).toEqual([]);
    },
    300_000,
  );

  it.concurrent('with an empty column and one that numbers the rows: both are named and cost nothing; an unknown label is put aside', async () => {
    const rows = await firstRows(60);
    const unsure = { ...rows[0], label: 'unsure', input: { ...rows[0]?.input, recordNumber: 'MRN-unsure' } };
    const model = await registerModel(cloud, {
      name: 'hollow',
      training: sound,
      fields: {
        empty: { kind: 'feature', type: 'number', required: false },
        serial: { kind: 'feature', type: 'number' },
      },
      cases: [...rows, unsure].map((row, serial) => ({ ...row, input: { ...row.input, serial } })),
    });
    expect((await model.operator('GET', '/cases/statistics')).body).toMatchObject({
      accepted: 60,
      quarantined: 1,
      reasons: { 'unknown-label': 1 },
    });
    expect(await model.train()).toMatchObject({ status: JobStatus.Completed, version: 'v1.0.0' });
    const { findings } = Suggestions.parse((await model.operator('POST', '/suggestions', {})).body);
    const kindsOf = (name: string) => findings.filter(({ field }) => field === name).map(({ kind }) => kind);
    expect(kindsOf('empty')).toEqual(['missing']);
    expect(kindsOf('serial')).toContain('identifier');
  }, 300_000);
});

describe('what is asked for and does not exist', () => {
  type Declaration = Awaited<ReturnType<typeof diagnosis>>;
  const recipe = (recipe: object) => (declaration: Declaration) => ({ ...declaration, recipe });
  const training = (training: object) => (declaration: Declaration) => ({
    ...declaration,
    policies: { ...declaration.policies, training },
  });

  it.each([
    ['a recipe', recipe({ name: 'alchemy' }), '/recipe/name', /"tabular".*"network"/],
    ['a metric of the other task', recipe({ metric: 'rmse' }), '/recipe/metric', /metric of the task: .*another/],
    ['no seconds', recipe({ parameters: { seconds: 0 } }), '/recipe/parameters/seconds', /above 0/],
    ['no trials', recipe({ parameters: { trials: 0 } }), '/recipe/parameters/trials', /above 0/],
    [
      'a parameter',
      recipe({ parameters: { colour: 'red' } }),
      '/recipe/parameters/colour',
      /tabular: algorithms, folds/,
    ],
    ['an order', recipe({ parameters: { order: 'colour' } }), '/recipe/parameters/order', /^expected receivedAt or /],
    [
      'a type of instance',
      training({ instanceTypes: ['ml.z9.mega'] }),
      '/policies/training/instanceTypes/0',
      /"ml\.m5\.large"/,
    ],
    ['no type of instance', training({ instanceTypes: [] }), '/policies/training/instanceTypes', />=1 items/],
    ['no money', training({ monthlyBudget: 0 }), '/policies/training/monthlyBudget', />0/],
    ['no time', training({ maximumSeconds: 0 }), '/policies/training/maximumSeconds', />=30/],
    ['a slice', (given: Declaration) => ({ ...given, slices: ['colour'] }), '/slices', /slice to be a field/],
  ] as const)('is refused with its place and what was expected: %s', async (_, change, pointer, expected) => {
    const { status, body } = await operator('PUT', '/models/impossible', change(await diagnosis()));
    expect([status, body.type]).toEqual([400, 'urn:relearn:problem:invalid-request']);
    expect(body.errors).toMatchObject([{ pointer, detail: expect.stringMatching(expected) }]);
    expect((await operator('GET', '/models/impossible')).status).toBe(404);
  });

  it.each([
    ['/recipe/name', { name: 'alchemy' }],
    ['/recipe/metric', { metric: 'rmse' }],
    ['/recipe/parameters/seconds', { parameters: { seconds: 0 } }],
    ['/recipe/parameters/algorithms/0', { parameters: { algorithms: ['svm'] } }],
    ['/recipe/parameters/behaviour', { name: 'drill' }],
    ['/recipe/parameters/colour', { name: 'network', parameters: { colour: 'red' } }],
  ])('is refused for a single training too: %s', async (pointer, recipe) => {
    const { status, body } = await operator('POST', '/models/hollow/training-jobs', { recipe });
    expect([status, body.type]).toEqual([400, 'urn:relearn:problem:invalid-request']);
    expect(body.errors).toMatchObject([{ pointer }]);
  });
});
