import { CustomAttributeType, createWriteTransaction, Entity } from 'electrodb';
import { Subscription } from '../../../contracts/notifications.ts';
import { partition, type Table } from '../../platform/table.ts';
import { isStored } from '../../platform/until-stored.ts';

/** A subscription and the topic that is its own. */
export interface StoredSubscription {
  readonly topic: string;
  readonly record: Subscription;
}

/** The subscriptions of each tenant, of which a topic has one. */
export interface SubscriptionStore {
  /** @returns subscriptions in the order in which they were made, after the one given */
  list(tenant: string, limit: number, after?: string): Promise<Subscription[]>;
  all(tenant: string): Promise<StoredSubscription[]>;
  get(tenant: string, id: string): Promise<StoredSubscription | undefined>;
  /** @returns the id of the subscription that has the topic */
  ofTopic(tenant: string, topic: string): Promise<string | undefined>;
  /** @returns false where the topic has a subscription by now */
  add(tenant: string, subscription: StoredSubscription): Promise<boolean>;
  /** @returns false where another writer came between: try again */
  remove(tenant: string, subscription: StoredSubscription): Promise<boolean>;
}

const subscriptionEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'subscription', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        id: { type: 'string', required: true },
        topic: { type: 'string', required: true },
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

/** That a topic is taken, so that an address which is subscribed twice at once is subscribed once. */
const claimEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'subscribed-topic', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        topic: { type: 'string', required: true },
        subscription: { type: 'string', required: true },
      },
      indexes: {
        byTopic: {
          pk: partition.ofTenant('subscriptions'),
          sk: { field: 'sk', composite: ['topic'], template: 'topic#${topic}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

const firstId = 'sbn_';
const lastId = 'sbn_~';

export const openSubscriptionStore = (table: Table): SubscriptionStore => {
  const entities = { subscriptions: subscriptionEntity(table), claims: claimEntity(table) };
  const { subscriptions, claims } = entities;
  return {
    list: async (tenant, limit, after) => {
      const { data } = await subscriptions.query
        .byId({ tenant })
        .between({ id: after ?? firstId }, { id: lastId })
        .go({ limit: limit + 1, consistent: true });
      return data
        .filter(({ id }) => id !== after)
        .slice(0, limit)
        .map(({ record }) => Subscription.parse(record));
    },
    all: async (tenant) => {
      const { data } = await subscriptions.query
        .byId({ tenant })
        .between({ id: firstId }, { id: lastId })
        .go({ pages: 'all', consistent: true });
      return data.map(({ topic, record }) => ({ topic, record: Subscription.parse(record) }));
    },
    get: async (tenant, id) => {
      const { data } = await subscriptions.get({ tenant, id }).go({ consistent: true });
      return data === null ? undefined : { topic: data.topic, record: Subscription.parse(data.record) };
    },
    ofTopic: async (tenant, topic) => {
      const { data } = await claims.get({ tenant, topic }).go({ consistent: true });
      return data?.subscription;
    },
    add: async (tenant, { topic, record }) => {
      const result = await createWriteTransaction(entities, (on) => [
        on.claims.create({ tenant, topic, subscription: record.id }).commit(),
        on.subscriptions.create({ tenant, id: record.id, topic, record }).commit(),
      ]).go();
      return isStored(result);
    },
    remove: async (tenant, { topic, record }) => {
      const result = await createWriteTransaction(entities, (on) => [
        on.claims.delete({ tenant, topic }).commit(),
        on.subscriptions.delete({ tenant, id: record.id }).commit(),
      ]).go();
      return isStored(result);
    },
  };
};
