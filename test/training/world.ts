import { join } from 'node:path';
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Model } from '../../contracts/model.ts';
import { cases as routes } from '../../contracts/routes/index.ts';
import { openCaseCounts } from '../../functions/cases/index.ts';
import { openVersions } from '../../functions/models/index.ts';
import { openAuditTrail } from '../../functions/platform/audit.ts';
import { openRetrainMachine } from '../../functions/training/services/machine.ts';
import { openTaskTokens } from '../../functions/training/services/task-tokens.ts';
import { openTrainingService } from '../../functions/training/services/training-service.ts';
import { openTriggerQueue } from '../../functions/training/services/trigger-queue.ts';
import { openWarmStart } from '../../functions/training/services/warm-start.ts';
import { openBudget } from '../../functions/training/store/budget.ts';
import { openCapacity } from '../../functions/training/store/capacity.ts';
import { openDecisions } from '../../functions/training/store/decisions.ts';
import { openTrainingStore } from '../../functions/training/store/training-store.ts';
import { account, region } from '../../local/aws-clients.ts';
import { python } from '../../local/paths.ts';
import { startSageMaker } from '../../local/sagemaker/endpoint.ts';
import { clinicCase, clinicModel } from '../cases/clinic.ts';
import { startWorld as startCases } from '../cases/world.ts';
import { createRole } from '../local/support/functions.ts';
import { callApi } from '../support/call-api.ts';

/** The slice, open on an emulator with a training service whose program does what a job's seed says. */
export type World = Awaited<ReturnType<typeof startWorld>>;

export const tenant = 'acme';
const image = 'relearn/training:test';
export const topicPrefix = `arn:aws:sns:${region}:${account}:test-subscription-`;
const keyArn = `arn:aws:kms:${region}:${account}:key/data`;
const program = join(import.meta.dirname, 'fixtures', 'program.py');

/** A machine that does nothing but run. */
const idle = { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 600, End: true } } };

const createMachine = async (definition: object, roleArn: string): Promise<string> => {
  const { stateMachineArn = '' } = await new SFNClient({}).send(
    new CreateStateMachineCommand({
      name: 'retrain',
      definition: JSON.stringify(definition),
      roleArn,
    }),
  );
  return stateMachineArn;
};

const createQueue = async (): Promise<string> => {
  const { QueueUrl = '' } = await new SQSClient({}).send(new CreateQueueCommand({ QueueName: 'triggers' }));
  return QueueUrl;
};

const createTopic = async (): Promise<string> => {
  const { TopicArn = '' } = await new SNSClient({}).send(new CreateTopicCommand({ Name: 'notices' }));
  return TopicArn;
};

/** A model that is trained by 20 new cases. */
export const trainedModel = (training: object = {}): Model =>
  clinicModel({ training: { minimumCases: 10, newCases: 20, days: 7, ...training } });

/** Starts an emulator, a training service and a machine of the definition that is made for their addresses. */
export const startWorld = async (definition: object = idle) => {
  const cases = await startCases();
  const { services } = cases;
  const sagemaker = await startSageMaker({
    stateFolder: services.emulator.stateFolder,
    log: () => undefined,
    settings: { commandOf: (_image, tree) => [python, program, tree], concurrentJobs: 4, stopSeconds: 0.5 },
  });
  await sagemaker.attach(services.emulator);
  const role = (name: string, service: string): Promise<string> =>
    createRole(services.emulator, name, service, [{ Effect: 'Allow', Action: '*', Resource: '*' }]);
  const roleArn = await role('trainer', 'sagemaker.amazonaws.com');
  const machineArn = await createMachine(definition, await role('machine', 'states.amazonaws.com'));
  const triggerQueueUrl = await createQueue();
  const noticeTopicArn = await createTopic();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SAGEMAKER: sagemaker.sagemakerUrl,
    RETRAIN_MACHINE_ARN: machineArn,
    TRIGGER_QUEUE_URL: triggerQueueUrl,
    NOTICE_TOPIC_ARN: noticeTopicArn,
    NOTICE_TOPIC_PREFIX: topicPrefix,
    TRAINING_LOG_GROUP: '/aws/sagemaker/TrainingJobs',
    TRAINING_IMAGE: image,
    TRAINING_GPU_IMAGE: `${image}-gpu`,
    TRAINING_LIMITS: '',
    TRAINING_ROLE_ARN: roleArn,
    DATA_KEY_ARN: keyArn,
  });
  const { table, clock } = cases;
  let subjects = 0;

  /** Sends cases of people of their own and has them accepted. */
  const accept = async (model: string, count: number, owner = tenant): Promise<void> => {
    const { handler } = await import('../../functions/cases/api.ts');
    const batch = Array.from({ length: count }, () => {
      subjects += 1;
      const input = { recordNumber: `MRN-${subjects}`, radius: subjects / 100 };
      return clinicCase({ label: subjects % 2 === 0 ? 'benign' : 'malignant', input });
    });
    await callApi(handler, routes.postCases, {
      tenant: owner,
      role: 'expert',
      path: { model },
      body: { cases: batch },
    });
    for (const ids of await cases.queued()) await cases.commitCases(owner, model, ids);
  };

  return {
    ...cases,
    sagemaker,
    roleArn,
    machineArn,
    triggerQueueUrl,
    noticeTopicArn,
    accept,
    audit: openAuditTrail(table, clock),
    store: openTrainingStore(table, clock),
    counts: openCaseCounts(table),
    versions: openVersions(table),
    machine: openRetrainMachine(machineArn),
    service: openTrainingService(),
    tokens: openTaskTokens(),
    triggers: openTriggerQueue(triggerQueueUrl),
    capacity: openCapacity(table),
    budget: openBudget(table, clock),
    decisions: openDecisions(table, clock),
    warmStart: openWarmStart(openVersions(table), cases.objects),
    place: { bucket: services.bucketName, image, gpuImage: `${image}-gpu`, roleArn, keyArn, codeVersion: 'test' },
    limits: { default: 100 },
    random: Math.random,
    dispose: async () => {
      await sagemaker.stop();
      await services.dispose();
    },
  };
};
