import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { inference } from '../../contracts/routes/index.ts';
import {
  type Challenger,
  type Challengers,
  openChallengers,
} from '../../functions/inference/challengers/challengers.ts';
import type { StartThread } from '../../functions/inference/challengers/thread.ts';
import { servePredictions } from '../../functions/inference/predict-handler.ts';
import type { PredictionRecord, ShadowRecord } from '../../functions/inference/prediction-metrics.ts';
import { openPredictor } from '../../functions/inference/predictor.ts';
import { openRouteCache } from '../../functions/inference/route-cache.ts';
import { openServingFrom } from '../../functions/inference/serving.ts';
import { openSignedKeyRing } from '../../functions/inference/signed-key-ring.ts';
import { openSignedObjects } from '../../functions/inference/signed-objects.ts';
import { openSigner, type SendSigned } from '../../functions/inference/signed-requests.ts';
import { openServingTable } from '../../functions/inference/signed-table.ts';
import { systemClock } from '../../functions/platform/clock.ts';
import { type ApiAnswer, type ApiCall, callApi } from '../support/call-api.ts';
import type { TestServices } from '../support/services.ts';

/** The one that each tenant has. */
export const model = 'diagnosis';

export const isAlive = ({ threadId }: Worker): boolean => threadId >= 0;

type SignedRequest = Parameters<SendSigned>[0];
/** What the function's calls to AWS are met with, in place of being made. */
type Fault = (request: SignedRequest) => Error | undefined;

const stopwatch = (): number => performance.now();

/** What was begun in the background and has not ended. */
const openBackground = () => {
  const underWay = new Set<Promise<unknown>>();
  return {
    watch: <Result>(work: Promise<Result>): Promise<Result> => {
      underWay.add(work);
      work.catch(() => undefined).finally(() => underWay.delete(work));
      return work;
    },
    /** Lets it end: calls to AWS, and shadow requests, which begin once an answer has been sent. */
    idle: async (): Promise<void> => {
      do await setTimeout(20);
      while (underWay.size > 0);
    },
  };
};
type Background = ReturnType<typeof openBackground>;

/** Makes the calls to AWS, but for those that the test breaks. */
const openRequests = (faultOf: Fault, { watch }: Background) => {
  const requests: SignedRequest[] = [];
  const signed = openSigner({ region: 'us-east-1', accessKeyId: 'test', secretAccessKey: 'test' }, systemClock);
  const send: SendSigned = (request) => {
    requests.push(request);
    const fault = faultOf(request);
    return watch(fault === undefined ? signed(request) : Promise.reject(fault));
  };
  return { requests, send };
};

type OnError = (what: string, error: unknown) => void;

/** The function's challengers, with the threads that they have, and an end. */
const openWatchedChallengers = (startThread: StartThread, { watch }: Background, onError: OnError) => {
  const workers: Worker[] = [];
  const names = new Set<string>();
  const challengers = openChallengers({
    startThread: (words) => {
      const worker = startThread(words);
      workers.push(worker);
      return worker;
    },
    stopwatch,
    onError,
  });
  const watched = ({ ask, shadow }: Challenger): Challenger => ({
    ask,
    shadow: (tensors) => {
      const result = shadow(tensors);
      return result === undefined ? undefined : watch(result);
    },
  });
  const want: Challengers['want'] = (name, ...rest) => {
    names.add(name);
    return challengers.want(name, ...rest).map(watched);
  };
  return {
    challengers: { ...challengers, want },
    /** Those that have not ended. */
    threads: () => workers.filter(isAlive).length,
    /** Its threads end when they have done what they are at. */
    end: (): void => {
      for (const name of names) challengers.forget(name);
    },
  };
};

interface FunctionOptions {
  readonly services: TestServices;
  readonly startThread: StartThread;
  /** Of a route, ms. */
  readonly timeToLive: number;
}

/** A predict function as it runs, but for its clock, its dice and what a test breaks. */
export const openFunction = ({ services, startThread, timeToLive }: FunctionOptions) => {
  const { tableName, bucketName, hmacKeyId, emulator } = services;
  const state = { now: Date.now(), draw: 0, fault: (() => undefined) as Fault };
  const records: PredictionRecord[] = [];
  const shadows: ShadowRecord[] = [];
  const errors: string[] = [];
  const onError: OnError = (what, error) => errors.push(`${what}: ${(error as Error).message}`);
  const clock = { now: () => state.now };
  const background = openBackground();
  const { requests, send } = openRequests((request) => state.fault(request), background);
  const { challengers, threads, end } = openWatchedChallengers(startThread, background, onError);
  const servingTable = openServingTable(send, emulator.emulatorUrl, tableName);
  const serving = openServingFrom(openSignedObjects(send, `${emulator.emulatorUrl}/${bucketName}`));
  const keyRing = openSignedKeyRing(send, emulator.emulatorUrl, hmacKeyId);
  const routes = openRouteCache({ table: servingTable, serving, challengers, keyRing, clock, timeToLive, onError });
  const handler = servePredictions(
    openPredictor({
      ...{ routes, serving, clock, stopwatch, onError },
      random: () => state.draw,
      newNonce: () => randomBytes(9).toString('base64url'),
      record: (_, record) => records.push(record),
      recordShadow: (_, record) => shadows.push(record),
    }),
  );
  const predict = (tenant: string, input: unknown, call: ApiCall = {}): Promise<ApiAnswer> =>
    callApi(handler, inference.postPrediction, { tenant, role: 'app', path: { model }, body: { input }, ...call });
  const { idle } = background;
  return { state, records, shadows, errors, requests, routes, servingTable, threads, predict, idle, end };
};
