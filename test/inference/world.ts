import { setTimeout } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import type { CreateEntityItem } from 'electrodb';
import { environments } from '../../contracts/environment.ts';
import { objectKeys } from '../../contracts/keys.ts';
import { ModelDeclaration } from '../../contracts/model.ts';
import { openThreadStarter } from '../../functions/inference/challengers/start-thread.ts';
import type { StartThread } from '../../functions/inference/challengers/thread.ts';
import { routeEntity } from '../../functions/inference/index.ts';
import { openModels } from '../../functions/models/index.ts';
import { openObjectStore } from '../../functions/platform/object-store.ts';
import { openTable } from '../../functions/platform/table.ts';
import { startTestServices } from '../support/services.ts';
import { graphOf, schemaOf, servableOf, type Trained, taskOf, type Version } from './fixtures.ts';
import { isAlive, model, openFunction } from './function.ts';

type RouteItem = CreateEntityItem<ReturnType<typeof routeEntity>>;

const predictModule = new URL('../../functions/inference/predict.ts', import.meta.url);
const at = '2026-01-02T03:04:05.000Z';

/** A cloud in which predict functions run. */
export const startInference = async () => {
  const services = await startTestServices();
  const { tableName, bucketName, hmacKeyId, emulator } = services;
  const table = openTable(tableName);
  const objects = openObjectStore(bucketName);
  const routes = routeEntity(table);
  const config = environments['inference/predict'].parse({
    ...{ TABLE_NAME: tableName, BUCKET_NAME: bucketName, HMAC_KEY_ID: hmacKeyId, CODE_VERSION: 'test' },
    ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    AWS_ENDPOINT_URL: emulator.emulatorUrl,
  });
  const workers: Worker[] = [];
  const startThread: StartThread = (words) => {
    const worker = openThreadStarter(predictModule, config)(words);
    workers.push(worker);
    return worker;
  };
  const ends: (() => void)[] = [];
  let tenants = 0;

  /** A tenant of its own, with the model that the version was trained for. */
  const newTenant = async (name: Trained = 'logistic', policies = {}): Promise<string> => {
    tenants += 1;
    const tenant = `tenant-${tenants}`;
    const declaration = ModelDeclaration.parse({ task: taskOf(name), schema: schemaOf(name), policies });
    await openModels(table).save(tenant, { ...declaration, name: model, createdAt: at, updatedAt: at }, undefined);
    return tenant;
  };

  const store = async (tenant: string, name: Version): Promise<void> => {
    const content = graphOf(name);
    await objects.writeOnce(objectKeys.artifact(tenant, servableOf(name).digest), content, 'application/octet-stream');
  };

  /** Writes the route, as the rollouts slice does. */
  const setRoute = async (tenant: string, champion: Version, change: Partial<RouteItem> = {}): Promise<void> => {
    await store(tenant, champion);
    const before = {
      champion: servableOf(champion),
      weight: 0,
      salt: 'salt',
      revision: 1,
      previous: [],
      updatedAt: at,
    };
    await routes.put({ tenant, model, ...before, ...change }).go();
  };

  /** Writes a route with a challenger, which gets a share of the requests in 10,000. */
  const challenge = async (
    tenant: string,
    champion: Version,
    challenger: Version,
    weight: number,
    change: Partial<RouteItem> = {},
  ): Promise<void> => {
    await store(tenant, challenger);
    await setRoute(tenant, champion, {
      challenger: servableOf(challenger, 'v1.1.0'),
      weight,
      rollout: `rol_${'0'.repeat(26)}`,
      stage: weight === 0 ? 'shadow' : 'canary',
      // Long enough for a busy machine to start a thread.
      timeoutMilliseconds: 20_000,
      ...change,
    });
  };

  /** A new instance of the function: its memory is empty. */
  const startFunction = (timeToLive = 2000) => {
    const started = openFunction({ services, startThread, timeToLive });
    ends.push(started.end);
    return started;
  };

  /** Also waits for their threads: one that is still busy would take the processor from those of the next test. */
  const endFunctions = async (): Promise<void> => {
    for (const end of ends.splice(0)) end();
    // A process that ends while one of its threads runs a graph is aborted.
    while (workers.some(isAlive)) await setTimeout(20);
  };

  const dispose = async (): Promise<void> => {
    await endFunctions();
    await services.dispose();
  };

  return {
    ...{ services, table, objects, startThread, newTenant, store, setRoute, challenge },
    ...{ startFunction, endFunctions, dispose },
  };
};

export type World = Awaited<ReturnType<typeof startInference>>;
