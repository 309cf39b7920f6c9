import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Model, ModelSchema } from '../../../contracts/model.ts';
import type { Servable } from '../../../contracts/route-item.ts';
import type { Version } from '../../../contracts/versions.ts';
import type { Table } from '../../platform/table.ts';
import { openRouteReader } from '../route-store.ts';

/** A version and the schema by which its input is read; each undefined where there is none. */
export interface ExplainableVersion {
  readonly schema: ModelSchema | undefined;
  readonly servable: Servable | undefined;
}

/** @param version - undefined: the champion */
export type ReadExplainableVersion = (
  tenant: string,
  model: string,
  version: string | undefined,
) => Promise<ExplainableVersion>;

/** `v1.4.0` is kept as `000001.000004.000000`. */
const orderOf = (version: string): string =>
  version
    .slice(1)
    .split('.')
    .map((part) => part.padStart(6, '0'))
    .join('.');

const servableOf = ({ version, artifact, signature, lineage }: Version): Servable => ({
  version,
  digest: artifact.digest,
  bytes: artifact.bytes,
  signature,
  cut: lineage.cut,
});

/** Reads a model and its versions by the keys that the models slice keeps them under, as the predict function does. */
export const openExplainableVersions = (table: Table): ReadExplainableVersion => {
  const routes = openRouteReader(table);
  const getItem = async (pk: string, sk: string): Promise<Record<string, unknown> | undefined> => {
    const key = { TableName: table.table, Key: { pk, sk }, ConsistentRead: true };
    return (await table.client.send(new GetCommand(key))).Item;
  };
  const named = async (tenant: string, model: string, version: string): Promise<Servable | undefined> => {
    const item = await getItem(`tenant#${tenant}#model#${model}`, `version#${orderOf(version)}`);
    return item === undefined ? undefined : servableOf(item.record as Version);
  };
  return async (tenant, model, version) => {
    const [item, servable] = await Promise.all([
      getItem(`tenant#${tenant}#models`, `model#${model}`),
      version === undefined
        ? routes.get(tenant, model).then((route) => route?.champion)
        : named(tenant, model, version),
    ]);
    return { schema: (item?.definition as Model | undefined)?.schema, servable };
  };
};
