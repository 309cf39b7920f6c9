import {
  CreateTopicCommand,
  DeleteTopicCommand,
  InvalidParameterException,
  NotFoundException,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { type NewSubscription, NoticeProtocol, type Subscription } from '../../../contracts/notifications.ts';
import { canonicalJson, sha256 } from '../../platform/canonical-json.ts';
import { type Clock, timestamp } from '../../platform/clock.ts';
import { Problem } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { invalidRequest } from '../../platform/read-request.ts';
import { untilStored } from '../../platform/until-stored.ts';
import type { SubscriptionStore } from './subscription-store.ts';

/** Who is told of a tenant's trainings. */
export interface Subscriptions {
  /** @throws Problem `already-subscribed` where the tenant has this address already, `invalid-request` where SNS does not take it */
  add(tenant: string, asked: NewSubscription): Promise<Subscription>;
  /** @returns the subscription that is ended; undefined where the tenant has none of this id */
  remove(tenant: string, id: string): Promise<Subscription | undefined>;
}

/** Where the topics of subscriptions are. */
export interface TopicPlace {
  /** What the ARN of each begins with. */
  readonly topicPrefix: string;
  /** The key that encrypts them. */
  readonly keyArn: string;
}

/** So much of an address that its owner recognises it, and nobody else learns it. */
export const masked = (protocol: NoticeProtocol, address: string): string => {
  if (protocol === NoticeProtocol.Sms) return `…${address.slice(-3)}`;
  const [name = '', domain = ''] = address.split('@');
  return `${name.slice(0, 1)}…@${domain}`;
};

/** Of a SHA-256: as many hexadecimal digits as make two topics of one name impossible in practice. */
const digestLength = 32;

/**
 * The topic of a tenant's address. SNS has one subscription of an address in a topic, whoever asked for it, so that
 * tenants who shared a topic would change and end each other's.
 */
export const topicOf = (topicPrefix: string, tenant: string, { protocol, address }: NewSubscription): string =>
  `${topicPrefix}${sha256(canonicalJson([tenant, protocol, address])).slice(0, digestLength)}`;

const nameOf = (topicArn: string): string => topicArn.slice(topicArn.lastIndexOf(':') + 1);

const alreadySubscribed = (id: string): Problem =>
  new Problem(
    'already-subscribed',
    `Expected an address that your tenant has not subscribed; ${id} has it. End ${id} first, or leave it as it is.`,
    { subscription: id },
  );

export const openSubscriptions = (
  store: SubscriptionStore,
  { topicPrefix, keyArn }: TopicPlace,
  clock: Clock,
  topics = new SNSClient({}),
): Subscriptions => {
  /** Deletes the topic, and with it its subscription. */
  const deleteTopic = async (TopicArn: string): Promise<void> => {
    await topics.send(new DeleteTopicCommand({ TopicArn })).catch((error: unknown) => {
      if (!(error instanceof NotFoundException)) throw error;
    });
  };
  /** Makes the topic and subscribes the address; both change nothing where that was done. */
  const subscribe = async (TopicArn: string, { protocol, address }: NewSubscription): Promise<void> => {
    await topics.send(new CreateTopicCommand({ Name: nameOf(TopicArn), Attributes: { KmsMasterKeyId: keyArn } }));
    const command = new SubscribeCommand({ TopicArn, Protocol: protocol, Endpoint: address });
    await topics.send(command).catch(async (error: unknown) => {
      if (!(error instanceof InvalidParameterException)) throw error;
      await deleteTopic(TopicArn);
      throw invalidRequest([{ path: ['address'], message: `expected an address that SNS takes for ${protocol}` }], '');
    });
  };
  return {
    add: async (tenant, asked) => {
      const { protocol, address, models, events } = asked;
      const topic = topicOf(topicPrefix, tenant, asked);
      const record: Subscription = {
        id: newId('sbn', clock.now()),
        protocol,
        address: masked(protocol, address),
        ...(models === undefined ? {} : { models }),
        ...(events === undefined ? {} : { events }),
        createdAt: timestamp(clock),
      };
      return untilStored(`the topic of ${record.id}`, async () => {
        const taken = await store.ofTopic(tenant, topic);
        if (taken !== undefined) throw alreadySubscribed(taken);
        await subscribe(topic, asked);
        return (await store.add(tenant, { topic, record })) ? record : undefined;
      });
    },
    remove: async (tenant, id) => {
      const found = await store.get(tenant, id);
      if (found === undefined) return undefined;
      await deleteTopic(found.topic);
      return untilStored(`the subscription ${id}`, async () =>
        (await store.remove(tenant, found)) ? found.record : undefined,
      );
    },
  };
};
