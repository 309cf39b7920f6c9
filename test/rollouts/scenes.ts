/**
 * Scenes of a rollout, made anew for each test at the cost of one or two calls: the items of a model that was brought
 * there once are written again under another name. Objects, alarms and metrics are shared.
 */
import { BatchWriteCommand, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { World } from './world.ts';

/** A model as it stood when it was kept. */
export interface Template {
  readonly tenant: string;
  readonly model: string;
  readonly rollout: string;
  readonly items: readonly Readonly<Record<string, unknown>>[];
}

export interface Scene {
  readonly tenant: string;
  readonly model: string;
  readonly rollout: string;
}

/** Writes that one call of DynamoDB takes. */
const itemsAtOnce = 25;

/** Keeps everything that is stored of a model, and whose its rollout is. */
export const keepTemplate = async (
  { table: { client, table: TableName } }: World,
  { tenant, model, rollout }: Scene,
): Promise<Template> => {
  const ofModel = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': `tenant#${tenant}#model#${model}` },
      ConsistentRead: true,
    }),
  );
  const beside = await Promise.all(
    [
      { pk: `tenant#${tenant}#models`, sk: `model#${model}` },
      { pk: 'tenant#relearn#rollouts', sk: `rollout#${rollout}` },
    ].map(async (Key) => (await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item ?? []),
  );
  return { tenant, model, rollout, items: [...(ofModel.Items ?? []), ...beside.flat()] };
};

/** Names of attributes that hold the model's name: keys of objects do too, and stay as they are. */
const named = ['pk', 'sk', 'gsi1sk', 'model', 'name', 'definition'];

/** Of the index of open rollouts: a scene that nobody is to reconcile is not in it. */
const indexKeys = ['gsi1pk', 'gsi1sk'];

/** @returns makes scenes, each of a model of its own. @param isOpen - whether its rollout is found by a reconciliation */
export const openScenes = ({ table: { client, table: TableName } }: World) => {
  let count = 0;
  return async ({ tenant, model, rollout, items }: Template, id = rollout, isOpen = false): Promise<Scene> => {
    count += 1;
    const name = `scene-${count}`;
    const rename = (value: unknown): unknown => JSON.parse(JSON.stringify(value).replaceAll(model, name));
    const renewed = items.map((item) => {
      const kept = Object.entries(item).filter(([key]) => isOpen || !indexKeys.includes(key));
      const entries = kept.map(([key, value]) => [key, named.includes(key) ? rename(value) : value]);
      return JSON.parse(JSON.stringify(Object.fromEntries(entries)).replaceAll(rollout, id)) as object;
    });
    for (let from = 0; from < renewed.length; from += itemsAtOnce) {
      const writes = renewed.slice(from, from + itemsAtOnce).map((Item) => ({ PutRequest: { Item } }));
      await client.send(new BatchWriteCommand({ RequestItems: { [TableName]: writes } }));
    }
    return { tenant, model: name, rollout: id };
  };
};
