import type { RouteCache } from './route-cache.ts';
import type { ServingTable } from './signed-table.ts';

/** A new function has two processors for its first seconds, whatever its size: it loads so many models ahead of requests. */
const modelsToWarm = 4;

/** Loads some models before the first request. What fails here is tried again, and told, by the request that needs it. */
export const warmUp = async (table: ServingTable, routes: RouteCache): Promise<void> => {
  try {
    const models = await table.someModels(modelsToWarm);
    await Promise.allSettled(models.map(async ({ tenant, model }) => routes.get(tenant, model)));
  } catch {
    // Nothing is lost but the head start.
  }
};
