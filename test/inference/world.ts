import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import type { CreateEntityItem } from 'electrodb';
import { environments } from '../../contracts/environment.ts';
import { objectKeys } from '../../contracts/keys.ts';
import { ModelDeclaration } from '../../contracts/model.ts';
import { inference } from '../../contracts/routes/index.ts';
import { openChallengers } from '../../functions/inference/challengers/challengers.ts';
import { openThreadStarter } from '../../functions/inference/challengers/start-thread.ts';
import type { StartThread } from '../../functions/inference/challengers/thread.ts';
import { routeEntity } from '../../functions/inference/index.ts';
import { servePredictions } from '../../functions/inference/predict-handler.ts';
import type { PredictionRecord, ShadowRecord } from '../../functions/inference/prediction-metrics.ts';
import { openPredictor } from '../../functions/inference/predictor.ts';
import { openRouteCache } from '../../functions/inference/route-cache.ts';
import { openServingFrom } from '../../functions/inference/serving.ts';
import { openSignedKeyRing } from '../../functions/inference/signed-key-ring.ts';
import { openSignedObjects } from '../../functions/inference/signed-objects.ts';
import { openSigner, type SendSigned } from '../../functions/inference/signed-requests.ts';
import { openServingTable } from '../../functions/inference/signed-table.ts';
import { openModels } from '../../functions/models/index.ts';
import { systemClock } from '../../functions/platform/clock.ts';
import { openObjectStore } from '../../functions/platform/object-store.ts';
import { openTable } from '../../functions/platform/table.ts';
import { type ApiAnswer, type ApiCall, callApi } from '../support/call-api.ts';
import { startTestServices } from '../support/services.ts';
import { graphOf, schemaOf, servableOf, type Trained, type Version } from './fixtures.ts';

type RouteItem = CreateEntityItem<ReturnType<typeof routeEntity>>;

const predictModule = new URL('../../functions/inference/predict.ts', import.meta.url);
const at = '2026-01-02T03:04:05.000Z';
const model = 'diagnosis';

const isAlive = ({ threadId }: Worker): boolean => threadId >= 0;

/** What the function's calls to AWS are met with, in place of being made. */
type Fault = (request: Parameters<SendSigned>[0]) => Error | undefined;

/** A predict function as it runs, but for its clock, its dice and what a test breaks. */
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
    const declaration = ModelDeclaration.parse({ task: 'tabular-classification', schema: schemaOf(name), policies });
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
      timeoutMilliseconds: 10_000,
      ...change,
    });
  };

  /** A new instance of the function: its memory is empty. */
  const startFunction = (timeToLive = 2000) => {
    const state = { now: Date.now(), draw: 0, fault: (() => undefined) as Fault };
    const records: PredictionRecord[] = [];
    const shadows: ShadowRecord[] = [];
    const own: Worker[] = [];
    const errors: string[] = [];
    const requests: Parameters<SendSigned>[0][] = [];
    const signed = openSigner({ region: 'us-east-1', accessKeyId: 'test', secretAccessKey: 'test' }, systemClock);
    const underWay = new Set<Promise<unknown>>();
    const send: SendSigned = (request) => {
      requests.push(request);
      const fault = state.fault(request);
      const answer = fault === undefined ? signed(request) : Promise.reject(fault);
      underWay.add(answer);
      answer.catch(() => undefined).finally(() => underWay.delete(answer));
      return answer;
    };
    /** Lets what was begun in the background end. */
    const idle = async (): Promise<void> => {
      do await setTimeout(20);
      while (underWay.size > 0);
    };
    const onError = (what: string, error: unknown): void => {
      errors.push(`${what}: ${(error as Error).message}`);
    };
    const clock = { now: () => state.now };
    const servingTable = openServingTable(send, emulator.emulatorUrl, tableName);
    const serving = openServingFrom(openSignedObjects(send, `${emulator.emulatorUrl}/${bucketName}`));
    const keyRing = openSignedKeyRing(send, emulator.emulatorUrl, hmacKeyId);
    const stopwatch = () => performance.now();
    const challengers = openChallengers({
      startThread: (words) => {
        const worker = startThread(words);
        own.push(worker);
        return worker;
      },
      stopwatch,
      onError,
    });
    const models = new Set<string>();
    ends.push(() => {
      for (const name of models) challengers.forget(name);
    });
    const routes = openRouteCache({
      table: servingTable,
      serving,
      challengers: {
        ...challengers,
        want: (name, ...rest) => {
          models.add(name);
          return challengers.want(name, ...rest);
        },
      },
      keyRing,
      clock,
      timeToLive,
      onError,
    });
    /** The threads for challengers that have not ended. */
    const threads = () => own.filter(isAlive).length;
    const handler = servePredictions(
      openPredictor({
        routes,
        serving,
        clock,
        stopwatch,
        random: () => state.draw,
        newNonce: () => randomBytes(9).toString('base64url'),
        record: (_, record) => records.push(record),
        recordShadow: (_, record) => shadows.push(record),
        onError,
      }),
    );
    const predict = (tenant: string, input: unknown, call: ApiCall = {}): Promise<ApiAnswer> =>
      callApi(handler, inference.postPrediction, { tenant, role: 'app', path: { model }, body: { input }, ...call });
    return { state, records, shadows, errors, requests, routes, servingTable, threads, predict, idle };
  };

  const dispose = async (): Promise<void> => {
    for (const end of ends) end();
    // A process that ends while one of its threads runs a graph is aborted.
    while (workers.some(isAlive)) await setTimeout(20);
    await services.dispose();
  };

  return { services, table, objects, startThread, newTenant, store, setRoute, challenge, startFunction, dispose };
};

export type World = Awaited<ReturnType<typeof startInference>>;
