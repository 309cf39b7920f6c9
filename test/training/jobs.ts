import { DescribeExecutionCommand, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { EventBridgeEvent } from 'aws-lambda';
import type { jobStateChange } from '../../contracts/events.ts';
import { RetrainExecution, SubmitInput } from '../../contracts/workflows.ts';
import { openCutDataset } from '../../functions/cases/datasets/cut-dataset.ts';
import { dispatchJobs } from '../../functions/training/operations/dispatch-jobs.ts';
import { requestTraining } from '../../functions/training/operations/request-training.ts';
import type { RunDependencies } from '../../functions/training/operations/run-dependencies.ts';
import { submitJob } from '../../functions/training/operations/submit-job.ts';
import { openProgramLog } from '../../functions/training/services/program-log.ts';
import type { JobKey } from '../../functions/training/store/training-store.ts';
import { account, region } from '../../local/aws-clients.ts';
import { filesOfArchive } from '../local/support/archive.ts';
import { eventually } from '../local/support/eventually.ts';
import { type Behaviour, seedOf } from './fixtures/behaviours.ts';
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

/** The slice, with machines that wait for a token and do nothing else. */
export const startWaiting = (): Promise<World> => startWorld(handsOutToken);

/** What tests do with jobs, and look at. */
export const openJobs = (world: () => World) => {
  let models = 0;

  /** Starts a job whose program behaves so. */
  const start = async (behaviour: Behaviour, owner = tenant): Promise<JobKey> => {
    models += 1;
    const model = { ...trainedModel(), name: `clinic-${models}` };
    await world().register(owner, model);
    await world().accept(model.name, 20, owner);
    const { id } = await requestTraining(world(), owner, model, { actor: 'test', seed: seedOf(behaviour) });
    return { tenant: owner, model: model.name, job: id };
  };

  /** What the machine of a job gives to the function that submits it. */
  const submission = async (key: JobKey): Promise<SubmitInput> => {
    const { execution, taskToken } = await eventually(async () => {
      const bodies = (await world().messages(world().triggerQueueUrl)).map((body) => JSON.parse(body));
      return bodies.find((body) => body.execution?.job === key.job);
    });
    const { snapshot, ...input } = RetrainExecution.parse(execution);
    return SubmitInput.parse({ ...input, snapshot: snapshot ?? (await cut(key)), taskToken });
  };

  const cut = async ({ tenant: owner, model: name }: JobKey) => {
    const model = await world().models.get(owner, name);
    if (model === undefined) throw new Error('Expected the model to be registered.');
    const result = await openCutDataset(world().table, world().objects, world().clock)(owner, model, 'test');
    if (!('dataset' in result)) throw new Error(result.detail);
    const { id, cut: sequence } = result.dataset;
    const folder = `tenants/${owner}/models/${name}/datasets/${id}`;
    const [manifestKey, segmentListKey] = [`${folder}/manifest.json`, `${folder}/segments.manifest`];
    return { dataset: id, cut: sequence, manifestKey, segmentListKey };
  };

  /** Puts a job among those that wait, and starts those whose turn it is. */
  const submit = async (input: SubmitInput, dependencies: RunDependencies = world()): Promise<void> => {
    await submitJob(dependencies, input);
    const { tenant: owner, model, job } = input;
    await dispatchJobs(dependencies, [{ tenant: owner, model, job }]);
  };

  const jobOf = async (key: JobKey) => {
    const job = await world().store.job(key);
    if (job === undefined) throw new Error('Expected the job to be stored.');
    return job;
  };

  const runOf = async (key: JobKey): Promise<string> => (await jobOf(key)).run?.name ?? '';

  const over = async (run: string, status: string): Promise<void> => {
    await eventually(async () => (await world().service.describe(run))?.status === status);
  };

  const artifactKeyOf = ({ model }: JobKey, run: string): string =>
    `tenants/${tenant}/models/${model}/training-output/${run}/output/model.tar.gz`;

  /** What the program has written of itself. */
  const trained = async (key: JobKey, run: string): Promise<Record<string, unknown>> => {
    const artifact = await world().objects.read(artifactKeyOf(key, run));
    const { 'model.json': content = '' } = await filesOfArchive(Buffer.from(artifact ?? []));
    return JSON.parse(content);
  };

  /** Its program has come so far that it can be asked to stop. */
  const printed = (run: string): Promise<unknown> =>
    eventually(async () => (await openProgramLog('/aws/sagemaker/TrainingJobs')(run)).length > 2);

  const executionArnOf = async (key: JobKey): Promise<string> => {
    const { id, attempt } = await jobOf(key);
    return `${world().machineArn.replace(':stateMachine:', ':execution:')}:${id}-${attempt}`;
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

  const stateOf = async (key: JobKey): Promise<'running' | 'over' | 'absent'> =>
    world().machine.stateOf(await jobOf(key));

  /** The training service says of a run what an event of it says. */
  const heard = async (run: string, TrainingJobStatus: string, other: object = {}): Promise<void> => {
    const { handler } = await import('../../functions/training/on-job-state.ts');
    const detail = { TrainingJobName: run, TrainingJobStatus, ...other };
    await handler({ detail } as unknown as EventBridgeEvent<typeof jobStateChange, unknown>);
  };

  /** Its program is at work, and the training service says so. @returns when it began, milliseconds since 1970 */
  const begun = async (key: JobKey): Promise<number> => {
    const run = await runOf(key);
    const startedAt = await eventually(async () => (await world().service.describe(run))?.startedAt);
    await heard(run, 'InProgress', { SecondaryStatus: 'Training', TrainingStartTime: startedAt });
    return startedAt;
  };

  /** What the audit says of a job, the newest first. */
  const audited = async ({ tenant: owner, job }: JobKey): Promise<string[]> => {
    const { items } = await world().audit.page(owner, 1000);
    return items.filter(({ subjectOfAction }) => subjectOfAction === job).map(({ action }) => action);
  };

  return {
    start,
    submission,
    submit,
    jobOf,
    runOf,
    over,
    trained,
    artifactKeyOf,
    printed,
    loseExecution,
    output,
    stateOf,
    heard,
    begun,
    audited,
  };
};
