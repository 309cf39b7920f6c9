import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { CasesReceived } from '../../contracts/events.ts';
import type { Model } from '../../contracts/model.ts';
import { openCommitCases } from '../../functions/cases/ledger/commit-cases.ts';
import { openCaseStore } from '../../functions/cases/store/cases.ts';
import { openCommit } from '../../functions/cases/store/commit.ts';
import { openLedgerStore } from '../../functions/cases/store/ledger.ts';
import { openModels } from '../../functions/models/index.ts';
import { systemClock } from '../../functions/platform/clock.ts';
import { openKeyRing } from '../../functions/platform/key-ring.ts';
import { openObjectStore } from '../../functions/platform/object-store.ts';
import { openTable } from '../../functions/platform/table.ts';
import { startTestServices, type TestServices } from '../support/services.ts';

/** The parts of the slice, open on an emulator. */
export type World = Awaited<ReturnType<typeof startWorld>>;

const open = (services: TestServices) => {
  Object.assign(process.env, {
    TABLE_NAME: services.tableName,
    BUCKET_NAME: services.bucketName,
    HMAC_KEY_ID: services.hmacKeyId,
    COLLECT_QUEUE_URL: services.collectQueueUrl,
    DEAD_LETTER_QUEUE_URL: services.deadLetterQueueUrl,
  });
  const table = openTable(services.tableName);
  return {
    table,
    objects: openObjectStore(services.bucketName),
    keyRing: openKeyRing(services.hmacKeyId),
    models: openModels(table),
    cases: openCaseStore(table),
    ledger: openLedgerStore(table),
    commit: openCommit(table),
    clock: systemClock,
  };
};

/** Starts an emulator and opens the slice on it. */
export const startWorld = async () => {
  const services = await startTestServices();
  const parts = open(services);
  const sqs = new SQSClient({});
  /** Takes every message out of a queue. */
  const messages = async (queueUrl: string): Promise<string[]> => {
    const bodies: string[] = [];
    while (true) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
      );
      if (Messages.length === 0) return bodies;
      for (const { Body = '', ReceiptHandle } of Messages) {
        bodies.push(Body);
        await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
      }
    }
  };
  return {
    ...parts,
    services,
    commitCases: openCommitCases(parts),
    messages,
    register: async (tenant: string, model: Model): Promise<Model> => {
      await parts.models.save(tenant, model, undefined);
      return model;
    },
    /** The ids of cases that wait in the collect queue, by message. */
    queued: async (): Promise<string[][]> =>
      (await messages(services.collectQueueUrl)).map((body) => CasesReceived.parse(JSON.parse(body)).cases),
  };
};
