import { SNSClient, SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { CustomAttributeType, Entity } from 'electrodb';
import { type NewSubscription, NoticeProtocol, Subscription } from '../../../contracts/notifications.ts';
import { type Clock, timestamp } from '../../platform/clock.ts';
import { newId } from '../../platform/ids.ts';
import { partition, type Table } from '../../platform/table.ts';

const subscriptionEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'subscription', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        id: { type: 'string', required: true },
        arn: { type: 'string', required: true },
        record: { type: CustomAttributeType<Subscription>('any'), required: true },
      },
      indexes: {
        byId: {
          pk: partition.ofTenant('subscriptions'),
          sk: { field: 'sk', composite: ['id'], template: 'subscription#${id}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

/** Who is told of a tenant's trainings. */
export interface Subscriptions {
  /** @returns subscriptions in the order in which they were made, after the one given */
  list(tenant: string, limit: number, after?: string): Promise<Subscription[]>;
  add(tenant: string, asked: NewSubscription): Promise<Subscription>;
  /** @returns the subscription that is ended; undefined where the tenant has none of this id */
  remove(tenant: string, id: string): Promise<Subscription | undefined>;
}

/** So much of an address that its owner recognises it, and nobody else learns it. */
export const masked = (protocol: NoticeProtocol, address: string): string => {
  if (protocol === NoticeProtocol.Sms) return `…${address.slice(-3)}`;
  const [name = '', domain = ''] = address.split('@');
  return `${name.slice(0, 1)}…@${domain}`;
};

const policyOf = (tenant: string, { models, events }: NewSubscription): string =>
  JSON.stringify({
    tenant: [tenant],
    ...(models === undefined ? {} : { model: models }),
    ...(events === undefined ? {} : { event: events }),
  });

const firstId = 'sbn_';
const lastId = 'sbn_~';

export const openSubscriptions = (
  table: Table,
  topicArn: string,
  clock: Clock,
  topics = new SNSClient({}),
): Subscriptions => {
  const entity = subscriptionEntity(table);
  return {
    list: async (tenant, limit, after) => {
      const { data } = await entity.query
        .byId({ tenant })
        .between({ id: after ?? firstId }, { id: lastId })
        .go({ limit: limit + 1, consistent: true });
      return data
        .filter(({ id }) => id !== after)
        .slice(0, limit)
        .map(({ record }) => Subscription.parse(record));
    },
    add: async (tenant, asked) => {
      const { protocol, address, models, events } = asked;
      const { SubscriptionArn: arn = '' } = await topics.send(
        new SubscribeCommand({
          TopicArn: topicArn,
          Protocol: protocol,
          Endpoint: address,
          ReturnSubscriptionArn: true,
          Attributes: { FilterPolicy: policyOf(tenant, asked) },
        }),
      );
      const record: Subscription = {
        id: newId('sbn', clock.now()),
        protocol,
        address: masked(protocol, address),
        ...(models === undefined ? {} : { models }),
        ...(events === undefined ? {} : { events }),
        createdAt: timestamp(clock),
      };
      await entity.create({ tenant, id: record.id, arn, record }).go();
      return record;
    },
    remove: async (tenant, id) => {
      const { data } = await entity.get({ tenant, id }).go({ consistent: true });
      if (data === null) return undefined;
      await topics.send(new UnsubscribeCommand({ SubscriptionArn: data.arn }));
      await entity.delete({ tenant, id }).go();
      return Subscription.parse(data.record);
    },
  };
};
