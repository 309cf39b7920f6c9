import { CustomAttributeType, Entity } from 'electrodb';
import { type Rival, Route, type Servable } from '../../contracts/route-item.ts';
import { partition, type Table } from '../platform/table.ts';

/**
 * The route of each model, attribute by attribute as `contracts/route-item.ts` names them. Written by the rollouts slice
 * alone, by a condition on `revision`:
 *
 * @example
 * entity.put({ tenant, model, ...next }).where(({ revision }, { eq }) => eq(revision, read.revision)).go()
 */
export const routeEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'route', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        model: { type: 'string', required: true },
        champion: { type: CustomAttributeType<Servable>('any'), required: true },
        challenger: { type: CustomAttributeType<Servable>('any') },
        weight: { type: 'number', required: true },
        rivals: { type: CustomAttributeType<Rival[]>('any') },
        slowMilliseconds: { type: 'number' },
        timeoutMilliseconds: { type: 'number' },
        stage: { type: 'string' },
        rollout: { type: 'string' },
        salt: { type: 'string', required: true },
        revision: { type: 'number', required: true },
        previous: { type: CustomAttributeType<Servable[]>('any'), required: true },
        updatedAt: { type: 'string', required: true },
      },
      indexes: {
        ofModel: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: [], template: 'route', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

/** Reads what serves a model now. */
export interface RouteReader {
  /** @returns undefined where no version serves yet */
  get(tenant: string, model: string): Promise<Route | undefined>;
}

export const openRouteReader = (table: Table): RouteReader => {
  const routes = routeEntity(table);
  return {
    get: async (tenant, model) => {
      const { data } = await routes.get({ tenant, model }).go({ consistent: true });
      if (data === null) return undefined;
      const { tenant: _, model: __, ...route } = data;
      return Route.parse(route);
    },
  };
};
