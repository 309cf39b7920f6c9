import { platformTenant } from '../../contracts/identifiers.ts';
import type { Model, ModelSchema } from '../../contracts/model.ts';
import type { Route } from '../../contracts/route-item.ts';
import { type AttributeValue, unmarshallItem } from './domain/attribute-value.ts';
import { AwsCallError, readText, type SendSigned } from './signed-requests.ts';

type Item = Readonly<Record<string, AttributeValue>>;

/** A model as it is served; each undefined where there is none. */
interface ServingItems {
  readonly schema: ModelSchema | undefined;
  /** The class whose probability is an answer's score; undefined: the first of the label. */
  readonly scoreClass: string | undefined;
  readonly route: Route | undefined;
}

/** What the predict function reads of the table. */
export interface ServingTable {
  /** In one consistent read. */
  read(tenant: string, model: string): Promise<ServingItems>;
  /** @returns models of any tenant, for a function that has just started and knows none */
  someModels(limit: number): Promise<{ tenant: string; model: string }[]>;
}

/** The keys under which the models slice keeps a model and the rollouts slice a route. */
const keysOf = (tenant: string, model: string) => ({
  model: { pk: `tenant#${tenant}#models`, sk: `model#${model}` },
  route: { pk: `tenant#${tenant}#model#${model}`, sk: 'route' },
});

const marshallKey = ({ pk, sk }: { pk: string; sk: string }) => ({ pk: { S: pk }, sk: { S: sk } });

/*
 * Both items were checked by their schemas when they were written. To check them again would bring those schemas, and a
 * tenth of its time, into each cold start.
 */
const definitionOf = (item: Item): Pick<Model, 'schema' | 'policies'> =>
  unmarshallItem(item).definition as Pick<Model, 'schema' | 'policies'>;
const routeOf = (item: Item): Route => unmarshallItem(item) as unknown as Route;

export const openServingTable = (send: SendSigned, endpoint: string, table: string): ServingTable => {
  const call = async <Answer>(operation: string, input: unknown): Promise<Answer> => {
    const answer = await send({
      service: 'dynamodb',
      method: 'POST',
      url: endpoint,
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `DynamoDB_20120810.${operation}` },
      body: JSON.stringify(input),
    });
    return JSON.parse(await readText(answer)) as Answer;
  };
  return {
    read: async (tenant, model) => {
      const keys = keysOf(tenant, model);
      const { Responses, UnprocessedKeys } = await call<{
        Responses: Record<string, Item[]>;
        UnprocessedKeys?: Record<string, unknown>;
      }>('BatchGetItem', {
        RequestItems: { [table]: { ConsistentRead: true, Keys: Object.values(keys).map(marshallKey) } },
      });
      if (Object.keys(UnprocessedKeys ?? {}).length > 0) throw new AwsCallError('dynamodb left a read undone');
      const items = Responses[table] ?? [];
      const [modelItem, routeItem] = [keys.model, keys.route].map(({ sk }) =>
        items.find((item) => (item.sk as { S: string }).S === sk),
      );
      const definition = modelItem === undefined ? undefined : definitionOf(modelItem);
      return {
        schema: definition?.schema,
        // A model may have been registered before there were outcomes.
        scoreClass: definition?.policies?.outcomes?.score,
        route: routeItem === undefined ? undefined : routeOf(routeItem),
      };
    },
    someModels: async (limit) => {
      const { Items } = await call<{ Items: Item[] }>('Query', {
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: `tenant#${platformTenant}#directory` } },
        Limit: limit,
      });
      return Items.map(unmarshallItem).map(({ owner, name }) => ({ tenant: String(owner), model: String(name) }));
    },
  };
};
