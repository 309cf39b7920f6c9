import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import {
  DeleteTopicCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTopicsCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventBridgeEvent } from 'aws-lambda';
import { type AuditRecorded, TrainingEvent } from '../../contracts/events.ts';
import { AuditAction } from '../../contracts/monitoring.ts';
import { type NewSubscription, Subscription } from '../../contracts/notifications.ts';
import { training as routes } from '../../contracts/routes/index.ts';
import { JobStatus } from '../../contracts/statuses.ts';
import {
  announcementOf,
  concerns,
  letterOf,
  shortMessage,
  subjectLine,
} from '../../functions/training/domain/notice.ts';
import { openAnnouncer } from '../../functions/training/notifications/announcer.ts';
import { openSubscriptionStore } from '../../functions/training/notifications/subscription-store.ts';
import { masked, openSubscriptions, topicOf } from '../../functions/training/notifications/subscriptions.ts';
import { callApi } from '../support/call-api.ts';
import { record } from './records.ts';
import { startWorld, tenant, topicPrefix, trainedModel, type World } from './world.ts';

const at = '2026-01-01T10:00:00.000Z';
const entry = (action: AuditRecorded['action'], given: Partial<AuditRecorded> = {}): AuditRecorded => ({
  tenant,
  number: 7,
  at,
  action,
  actor: 'training:trigger',
  model: 'diagnosis',
  reason: 'There are 100 new cases; 100 start a training.',
  ...given,
});

const completed = record({
  status: JobStatus.Completed,
  version: 'v1.3.0',
  trainedSeconds: 84,
  spentDollars: 0.0027,
  metrics: {
    training: null,
    holdout: { cases: 50, mae: 1.25, mse: 4, rmse: 2, r2: 0.75, withinTolerance: 0.9 },
    crossValidation: null,
  },
});

describe('an announcement', () => {
  it('of an end has the numbers of the holdout, what it took and what it cost', () => {
    const announcement = announcementOf(
      entry(AuditAction.TrainingEnded, { reason: 'the training job is completed' }),
      completed,
    );
    expect(announcement).toMatchObject({
      event: TrainingEvent.Completed,
      notice: { id: 'acme-7', version: 'v1.3.0', metrics: { rmse: 2, mae: 1.25 }, seconds: 84, dollars: 0.0027 },
    });
    if (announcement === undefined) return;
    expect(subjectLine(announcement)).toBe('Training Completed: diagnosis v1.3.0');
    expect(letterOf(announcement)).toContain('rmse: 2\n');
    expect(shortMessage(announcement).length).toBeLessThanOrEqual(160);
  });

  it('of a failure says why, and fits an SMS', () => {
    const reason = `The training ran out of memory. ${'Name a larger instance. '.repeat(20)}`;
    const announcement = announcementOf(
      entry(AuditAction.TrainingEnded, { reason }),
      record({ status: JobStatus.Failed }),
    );
    expect(announcement).toMatchObject({ event: TrainingEvent.Failed, notice: { reason } });
    if (announcement !== undefined) expect(shortMessage(announcement)).toHaveLength(160);
  });

  it('is made of beginnings, ends and cancellations, and of nothing else', () => {
    const eventOf = (action: AuditRecorded['action']) => announcementOf(entry(action), completed)?.event;
    expect(eventOf(AuditAction.TrainingStarted)).toBe(TrainingEvent.Started);
    expect(eventOf(AuditAction.TrainingCancelled)).toBe(TrainingEvent.Cancelled);
    expect(eventOf(AuditAction.TrainingRequested)).toBeUndefined();
    expect(eventOf(AuditAction.DatasetCut)).toBeUndefined();
  });

  it.each([
    [true, {}],
    [true, { models: ['other', 'diagnosis'], events: [TrainingEvent.Completed] }],
    [false, { models: ['other'] }],
    [false, { models: ['diagnosis'], events: [TrainingEvent.Failed] }],
  ])('concerns by model and event: %j for %j', (expected, asked) => {
    const announcement = announcementOf(entry(AuditAction.TrainingEnded), completed);
    expect(announcement !== undefined && concerns(announcement, asked)).toBe(expected);
  });
});

let world: World;
let api: Parameters<typeof callApi>[0];

beforeAll(async () => {
  world = await startWorld();
  ({ handler: api } = await import('../../functions/training/api.ts'));
}, 120_000);
afterAll(() => world.dispose());

const subscribe = (body: object, of = tenant) =>
  callApi(api, routes.postSubscription, { tenant: of, role: 'operator', body });

const end = (subscription: string, of = tenant) =>
  callApi(api, routes.deleteSubscription, { tenant: of, role: 'operator', path: { subscription } });

const list = async (of: string): Promise<string[]> => {
  const { json } = await callApi(api, routes.listSubscriptions, { tenant: of, role: 'operator' });
  return json.items.map((item: unknown) => Subscription.parse(item).id);
};

const topics = () => new SNSClient({});

/** What SNS would deliver to, by the topic of a tenant's address. */
const endpointsOf = async (of: string, asked: NewSubscription): Promise<string[]> => {
  const { Subscriptions = [] } = await topics().send(
    new ListSubscriptionsByTopicCommand({ TopicArn: topicOf(topicPrefix, of, asked) }),
  );
  return Subscriptions.map(({ Protocol, Endpoint }) => `${Protocol} ${Endpoint}`);
};

const hasTopic = async (of: string, asked: NewSubscription): Promise<boolean> => {
  const { Topics = [] } = await topics().send(new ListTopicsCommand({}));
  return Topics.some(({ TopicArn }) => TopicArn === topicOf(topicPrefix, of, asked));
};

const registerModel = (name: string) => world.register(tenant, { ...trainedModel(), name, createdAt: at });

describe('a subscription', () => {
  it('keeps no address, is listed to its tenant alone, and ends', async () => {
    await registerModel('listed');
    const address = { protocol: 'email', address: 'ops@example.org' } as const;
    const mail = await subscribe({ ...address, events: [TrainingEvent.Failed] });
    const sms = await subscribe({ protocol: 'sms', address: '+4915112345678', models: ['listed'] });
    expect([mail.status, sms.status]).toEqual([201, 201]);
    expect([mail.json, sms.json].map((made) => made.address)).toEqual(['o…@example.org', '…678']);
    expect(await list(tenant)).toEqual([mail.json.id, sms.json.id]);
    expect(await list('other')).toEqual([]);
    expect(await endpointsOf(tenant, address)).toEqual(['email ops@example.org']);
    const { Attributes } = await topics().send(
      new GetTopicAttributesCommand({ TopicArn: topicOf(topicPrefix, tenant, address) }),
    );
    expect(Attributes?.KmsMasterKeyId).toBe(world.place.keyArn);
    expect((await end(mail.json.id, 'other')).status).toBe(404);
    expect((await end(mail.json.id)).status).toBe(200);
    expect((await end(mail.json.id)).status).toBe(404);
    expect(await list(tenant)).toEqual([sms.json.id]);
    expect(await hasTopic(tenant, address)).toBe(false);
    await end(sms.json.id);
  });

  it("of an address that another tenant has too is nobody else's", async () => {
    const address = { protocol: 'email', address: 'shared@example.org' } as const;
    const [mine, theirs] = [await subscribe(address), await subscribe(address, 'other')];
    expect([mine.status, theirs.status]).toEqual([201, 201]);
    expect((await end(mine.json.id)).status).toBe(200);
    expect(await list('other')).toEqual([theirs.json.id]);
    expect(await endpointsOf('other', address)).toEqual(['email shared@example.org']);
    await end(theirs.json.id, 'other');
  });

  it('of an address that the tenant has is refused, and names the other, until that ends', async () => {
    const address = { protocol: 'email', address: 'twice@example.org' };
    const first = await subscribe(address);
    const second = await subscribe({ ...address, events: [TrainingEvent.Failed] });
    expect(second.status).toBe(409);
    expect(second.json).toMatchObject({
      type: 'urn:relearn:problem:already-subscribed',
      subscription: first.json.id,
      detail: expect.stringContaining(`End ${first.json.id} first`),
    });
    expect(await list(tenant)).toEqual([first.json.id]);
    await end(first.json.id);
    const again = await subscribe(address);
    expect(again.status).toBe(201);
    await end(again.json.id);
  });

  it('that is asked for many times at once is made once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => subscribe({ protocol: 'sms', address: '+4915100000001' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
    const made = answers.find(({ status }) => status === 201)?.json.id;
    expect(await list(tenant)).toEqual([made]);
    await end(made);
  });

  it('ends where its topic is gone', async () => {
    const address = { protocol: 'email', address: 'gone@example.org' } as const;
    const { json } = await subscribe(address);
    await topics().send(new DeleteTopicCommand({ TopicArn: topicOf(topicPrefix, tenant, address) }));
    expect((await end(json.id)).status).toBe(200);
  });

  it('to a model that there is not is refused, and subscribes nobody', async () => {
    const address = { protocol: 'email', address: 'nothing@example.org' } as const;
    expect((await subscribe({ ...address, models: ['dreamt'] })).status).toBe(404);
    expect(await hasTopic(tenant, address)).toBe(false);
  });

  it.each([
    [{ protocol: 'email', address: 'nobody' }],
    [{ protocol: 'sms', address: '0151 123' }],
    [{ protocol: 'pigeon', address: 'x' }],
    [{ protocol: 'email', address: 'ops@example.org', events: ['Training Dreamt'] }],
  ])('is refused where it cannot be served: %j', async (body) => {
    expect((await subscribe(body)).status).toBe(400);
  });

  it('of an address that SNS does not take is refused, and leaves no topic', async () => {
    const asked: (string | null)[] = [];
    const fault = '<Error><Type>Sender</Type><Code>InvalidParameter</Code><Message>Invalid parameter</Message></Error>';
    const server = createServer(async (incoming, response) => {
      const action = new URLSearchParams(await text(incoming)).get('Action');
      asked.push(action);
      response.writeHead(action === 'Subscribe' ? 400 : 200, { 'content-type': 'text/xml' });
      response.end(
        action === 'Subscribe' ? `<ErrorResponse>${fault}</ErrorResponse>` : `<${action}Response></${action}Response>`,
      );
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    try {
      const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const place = { topicPrefix, keyArn: world.place.keyArn };
      const store = openSubscriptionStore(world.table);
      const subscriptions = openSubscriptions(store, place, world.clock, new SNSClient({ endpoint }));
      await expect(subscriptions.add(tenant, { protocol: 'sms', address: '+4915100000002' })).rejects.toMatchObject({
        code: 'invalid-request',
        message: expect.stringContaining('/address: expected an address that SNS takes for sms'),
      });
      expect(asked).toEqual(['CreateTopic', 'Subscribe', 'DeleteTopic']);
      expect(await store.all(tenant)).toEqual([]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it.each([
    [{ models: ['listed', 'listed'] }, 'expected each model once'],
    [{ events: [TrainingEvent.Failed, TrainingEvent.Failed] }, 'expected each event once'],
  ])('names each thing once: %j', async (named, detail) => {
    const { status, json } = await subscribe({ protocol: 'email', address: 'ops@example.org', ...named });
    expect({ status, details: json.errors.map((fault: { detail: string }) => fault.detail) }).toEqual({
      status: 400,
      details: [detail],
    });
  });

  it('masks addresses', () => {
    expect(masked('email', 'someone@example.org')).toBe('s…@example.org');
    expect(masked('sms', '+4915112345678')).toBe('…678');
  });
});

describe('who is told', () => {
  const queues = () => new SQSClient({});

  /** A queue that hears what is published to a topic. */
  const listen = async (TopicArn: string): Promise<string> => {
    const { QueueUrl = '' } = await queues().send(
      new CreateQueueCommand({ QueueName: `told-${Math.random()}`.replace('.', '') }),
    );
    const { Attributes } = await queues().send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    const Statement = [
      { Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: '*' },
    ];
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    await queues().send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
    await topics().send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: Attributes?.QueueArn }));
    return QueueUrl;
  };

  const heard = async (QueueUrl: string): Promise<string[]> => {
    const { Messages = [] } = await queues().send(
      new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1, MaxNumberOfMessages: 10 }),
    );
    return Messages.map(({ Body = '{}' }) => String(JSON.parse(Body).Subject));
  };

  const mail = (name: string): NewSubscription => ({ protocol: 'email', address: `${name}@example.org` });

  it('are the subscribers of the tenant whom it concerns, and the platform itself', async () => {
    await registerModel('told');
    await world.accept('told', 12);
    const { json: job } = await callApi(api, routes.postJob, {
      tenant,
      role: 'operator',
      path: { model: 'told' },
      body: {},
    });
    const subscribed = async (name: string, filter: object = {}, of = tenant): Promise<string> => {
      expect((await subscribe({ ...mail(name), ...filter }, of)).status).toBe(201);
      return listen(topicOf(topicPrefix, of, mail(name)));
    };
    const platform = await listen(world.noticeTopicArn);
    const mine = await subscribed('mine', { models: ['told'], events: [TrainingEvent.Started] });
    const otherwise = await subscribed('otherwise', { events: [TrainingEvent.Failed] });
    const foreign = await subscribed('mine', {}, 'other');
    await subscribe(mail('lost'));
    await topics().send(new DeleteTopicCommand({ TopicArn: topicOf(topicPrefix, tenant, mail('lost')) }));
    const { handler } = await import('../../functions/training/announce-job.ts');
    const detail = entry(AuditAction.TrainingStarted, { model: 'told', subjectOfAction: job.id });
    await handler({ detail } as unknown as EventBridgeEvent<string, unknown>);
    expect(await heard(platform)).toEqual(['Training Started: told']);
    expect(await heard(mine)).toEqual(['Training Started: told']);
    expect(await heard(otherwise)).toEqual([]);
    expect(await heard(foreign)).toEqual([]);
  });

  it('is everybody who can be, before the notice fails for whom it cannot', async () => {
    const announcement = announcementOf(entry(AuditAction.TrainingEnded), completed);
    if (announcement === undefined) throw new Error('Expected an announcement.');
    const { json: subscription } = await subscribe(mail('reachable'));
    const topic = topicOf(topicPrefix, tenant, mail('reachable'));
    const reachable = await listen(topic);
    const noBus = new EventBridgeClient({ endpoint: 'http://127.0.0.1:9', maxAttempts: 1 });
    const announce = openAnnouncer(world.noticeTopicArn, noBus);
    const subscriptions = [
      // SNS takes no such topic, which is another answer than that there is none.
      { topic: '', record: subscription },
      { topic, record: subscription },
    ];
    await expect(announce(announcement, subscriptions)).rejects.toThrow('Expected 4 to be told, 2 were not');
    expect(await heard(reachable)).toEqual(['Training Completed: diagnosis v1.3.0']);
  });
});
