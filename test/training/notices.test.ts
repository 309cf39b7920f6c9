import {
  ListSubscriptionsByTopicCommand,
  SetSubscriptionAttributesCommand,
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
import { Subscription } from '../../contracts/notifications.ts';
import { training as routes } from '../../contracts/routes/index.ts';
import { JobStatus } from '../../contracts/statuses.ts';
import { announcementOf, letterOf, shortMessage, subjectLine } from '../../functions/training/domain/notice.ts';
import { masked } from '../../functions/training/notifications/subscriptions.ts';
import { callApi } from '../support/call-api.ts';
import { record } from './records.ts';
import { startWorld, tenant, trainedModel, type World } from './world.ts';

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
    expect(eventOf(AuditAction.DatasetCut)).toBeUndefined();
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

describe('a subscription', () => {
  it('keeps no address, is listed to its tenant alone, and ends', async () => {
    const mail = await subscribe({ protocol: 'email', address: 'ops@example.org', events: [TrainingEvent.Failed] });
    const sms = await subscribe({ protocol: 'sms', address: '+4915112345678', models: ['diagnosis'] });
    expect([mail.status, sms.status]).toEqual([201, 201]);
    expect([mail.json, sms.json].map(({ address }) => address)).toEqual(['o…@example.org', '…678']);
    const list = async (of: string): Promise<string[]> => {
      const { json } = await callApi(api, routes.listSubscriptions, { tenant: of, role: 'operator' });
      return json.items.map((item: unknown) => Subscription.parse(item).id);
    };
    expect(await list(tenant)).toEqual([mail.json.id, sms.json.id]);
    expect(await list('other')).toEqual([]);
    const end = (of: string) =>
      callApi(api, routes.deleteSubscription, { tenant: of, role: 'operator', path: { subscription: mail.json.id } });
    expect((await end('other')).status).toBe(404);
    expect((await end(tenant)).status).toBe(200);
    expect(await list(tenant)).toEqual([sms.json.id]);
    const { Subscriptions = [] } = await new SNSClient({}).send(
      new ListSubscriptionsByTopicCommand({ TopicArn: world.noticeTopicArn }),
    );
    expect(Subscriptions.map(({ Protocol, Endpoint }) => `${Protocol} ${Endpoint}`)).toEqual(['sms +4915112345678']);
  });

  it.each([
    [{ protocol: 'email', address: 'nobody' }],
    [{ protocol: 'sms', address: '0151 123' }],
    [{ protocol: 'pigeon', address: 'x' }],
    [{ protocol: 'email', address: 'ops@example.org', events: ['Training Dreamt'] }],
  ])('is refused where it cannot be served: %j', async (body) => {
    expect((await subscribe(body)).status).toBe(400);
  });

  it('masks addresses', () => {
    expect(masked('email', 'someone@example.org')).toBe('s…@example.org');
    expect(masked('sms', '+4915112345678')).toBe('…678');
  });
});

describe('who is told', () => {
  it('are the subscribers of the tenant, as their filter says', async () => {
    const [topics, queues] = [new SNSClient({}), new SQSClient({})];
    const listen = async (policy: object): Promise<string> => {
      const { QueueUrl = '' } = await queues.send(
        new CreateQueueCommand({ QueueName: `told-${Math.random()}`.replace('.', '') }),
      );
      const { Attributes } = await queues.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
      );
      const Statement = [
        { Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: '*' },
      ];
      const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
      await queues.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
      const { SubscriptionArn } = await topics.send(
        new SubscribeCommand({
          TopicArn: world.noticeTopicArn,
          Protocol: 'sqs',
          Endpoint: Attributes?.QueueArn,
          ReturnSubscriptionArn: true,
        }),
      );
      await topics.send(
        new SetSubscriptionAttributesCommand({
          SubscriptionArn,
          AttributeName: 'FilterPolicy',
          AttributeValue: JSON.stringify(policy),
        }),
      );
      return QueueUrl;
    };
    const heard = async (QueueUrl: string): Promise<string[]> => {
      const { Messages = [] } = await queues.send(
        new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1, MaxNumberOfMessages: 10 }),
      );
      return Messages.map(({ Body = '{}' }) => String(JSON.parse(Body).Subject));
    };
    const mine = await listen({ tenant: [tenant], event: [TrainingEvent.Started] });
    const foreign = await listen({ tenant: ['other'] });
    const model = { ...trainedModel(), name: 'told', createdAt: at };
    await world.register(tenant, model);
    await world.accept('told', 12);
    const { json: job } = await callApi(api, routes.postJob, {
      tenant,
      role: 'operator',
      path: { model: 'told' },
      body: {},
    });
    const { handler } = await import('../../functions/training/announce-job.ts');
    const detail = entry(AuditAction.TrainingStarted, { model: 'told', subjectOfAction: job.id });
    await handler({ detail } as unknown as EventBridgeEvent<string, unknown>);
    expect(await heard(mine)).toEqual(['Training Started: told']);
    expect(await heard(foreign)).toEqual([]);
  });
});
