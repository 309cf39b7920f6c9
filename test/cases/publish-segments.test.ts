import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { DynamoDBRecord } from 'aws-lambda';
import { eventSource, segmentSealed } from '../../contracts/events.ts';
import { openPublishSegments } from '../../functions/cases/ledger/publish.ts';
import { layFaults } from '../support/faults.ts';
import { startWorld, type World } from './world.ts';

jest.setTimeout(60_000);

let world: World;
let listenerUrl: string;

/** What was heard on the bus: events are delivered by way of a queue. */
const heard = async (): Promise<{ 'detail-type': string; source: string; detail: unknown }[]> => {
  await new Promise((resolve) => setTimeout(resolve, 300));
  return (await world.messages(listenerUrl)).map((body) => JSON.parse(body));
};
const parked = () => world.messages(world.services.deadLetterQueueUrl);

const inserted = (sequence: number): DynamoDBRecord => ({
  eventID: `event-${sequence}`,
  eventName: 'INSERT',
  dynamodb: {
    SequenceNumber: String(sequence),
    Keys: { pk: { S: 'tenant#acme#model#clinic' }, sk: { S: `segment#${String(sequence).padStart(12, '0')}` } },
    NewImage: { tenant: { S: 'acme' }, model: { S: 'clinic' }, sequence: { N: String(sequence) }, cases: { N: '3' } },
  },
});

beforeAll(async () => {
  world = await startWorld();
  const sqs = new SQSClient({});
  const events = new EventBridgeClient({});
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'listener' }));
  listenerUrl = QueueUrl;
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const EventPattern = JSON.stringify({ source: [eventSource] });
  await events.send(new PutRuleCommand({ Name: 'all', EventPattern }));
  await events.send(
    new PutTargetsCommand({ Rule: 'all', Targets: [{ Id: 'listener', Arn: Attributes?.QueueArn ?? '' }] }),
  );
}, 120_000);

afterAll(async () => {
  await world.services.dispose();
});

describe('segments of the stream', () => {
  it('are told of on the bus, one event each', async () => {
    const { handler } = await import('../../functions/cases/publish-segments.ts');
    const Records = Array.from({ length: 12 }, (_, index) => inserted(index + 1));
    expect(await handler({ Records })).toEqual({ batchItemFailures: [] });
    const events = await heard();
    expect(events.every((event) => event['detail-type'] === segmentSealed)).toBe(true);
    expect(events.map(({ detail }) => detail)).toEqual(
      expect.arrayContaining(Records.map((_, index) => ({ tenant: 'acme', model: 'clinic', sequence: index + 1 }))),
    );
    expect(await parked()).toEqual([]);
  });

  it('that cannot be read are parked, and hold up no other', async () => {
    const broken = { ...inserted(2), dynamodb: { ...inserted(2).dynamodb, NewImage: { tenant: { S: '../rival' } } } };
    await openPublishSegments(world.services.deadLetterQueueUrl)([inserted(1), broken, inserted(3)]);
    expect((await heard()).map(({ detail }) => detail)).toEqual([
      { tenant: 'acme', model: 'clinic', sequence: 1 },
      { tenant: 'acme', model: 'clinic', sequence: 3 },
    ]);
    const [body = '', ...others] = await parked();
    expect(others).toEqual([]);
    expect(JSON.parse(body)).toMatchObject({ eventID: 'event-2', keys: { sk: { S: 'segment#000000000002' } } });
    expect(body).not.toContain('rival');
  });

  it('are parked where the bus cannot be reached', async () => {
    const events = new EventBridgeClient({});
    layFaults(events).arm(1, 'before');
    await openPublishSegments(world.services.deadLetterQueueUrl, events)([inserted(7), inserted(8)]);
    expect((await parked()).map((body) => JSON.parse(body).eventID)).toEqual(['event-7', 'event-8']);
    expect(await heard()).toEqual([]);
  });

  it('that the bus refuses at first are told of again, and only those', async () => {
    const events = new EventBridgeClient({});
    let refusals = 1;
    events.middlewareStack.add(
      (next) => async (call) => {
        const answer = await next(call);
        if (refusals > 0) {
          refusals -= 1;
          (answer.output as { Entries: object[] }).Entries[1] = { ErrorCode: 'ThrottlingException' };
        }
        return answer;
      },
      { step: 'initialize' },
    );
    await openPublishSegments(world.services.deadLetterQueueUrl, events)([inserted(1), inserted(2)]);
    const sequences = (await heard()).map(({ detail }) => (detail as { sequence: number }).sequence);
    // The emulator had taken the one that was called refused: at least once, as the bus promises.
    expect(sequences.sort()).toEqual([1, 2, 2]);
    expect(await parked()).toEqual([]);
  });
});
