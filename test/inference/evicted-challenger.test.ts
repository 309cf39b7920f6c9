import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { objectKeys } from '../../contracts/keys.ts';
import {
  type Challenger,
  type Challengers,
  openChallengers,
} from '../../functions/inference/challengers/challengers.ts';
import { openOnnxSession } from '../../functions/inference/onnx-session.ts';
import { graphOf, holdoutOf, servableOf, tensorsOf, type Version } from './fixtures.ts';

const tenant = 'acme';
const threadModule = new URL('./fixtures/small-thread.ts', import.meta.url);
/** Long enough for a busy machine to start a thread, ms. */
const patience = 20_000;

let folder: string;
let errors: string[];
let challengers: Challengers;
let thread: Worker | undefined;

const pathOf = (name: Version): string => join(folder, objectKeys.artifact(tenant, servableOf(name).digest));

const store = async (name: Version): Promise<void> => {
  await mkdir(dirname(pathOf(name)), { recursive: true });
  await writeFile(pathOf(name), graphOf(name));
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evicted-'));
  errors = [];
  challengers = openChallengers({
    startThread: (words) => {
      thread = new Worker(threadModule, { workerData: { folder, words } });
      return thread;
    },
    stopwatch: () => performance.now(),
    onError: (what, error) => errors.push(`${what}: ${(error as Error).message}`),
  });
});

afterEach(async () => {
  for (const name of ['logistic', 'worse']) challengers.forget(name);
  while (thread !== undefined && thread.threadId >= 0) await setTimeout(20);
  await rm(folder, { recursive: true });
});

/** The version as the challenger of a model of its own, whose name is the version's. */
const want = (name: Version): Challenger => {
  const [challenger] = challengers.want(name, tenant, [servableOf(name)], patience);
  return challenger as Challenger;
};

const requests = holdoutOf('logistic')
  .slice(0, 6)
  .map((one) => tensorsOf([one]));
const [aRequest] = requests as [(typeof requests)[number]];

const probabilitiesOf = (name: Version, request: typeof aRequest): number[] => [
  ...openOnnxSession(graphOf(name), 1).run(request),
];

/** Two challengers of which the thread's memory has room for one, the second. */
const startBoth = async (): Promise<Record<'logistic' | 'worse', Challenger>> => {
  await Promise.all([store('logistic'), store('worse')]);
  const [logistic, worse] = [want('logistic'), want('worse')];
  expect(await logistic.ask(aRequest)).toHaveProperty('answer');
  expect(await worse.ask(aRequest)).toHaveProperty('answer');
  return { logistic, worse };
};

describe('challengers that evict each other from memory', () => {
  test('answer each request, one after the other', async () => {
    const both = await startBoth();
    for (const request of requests) {
      for (const name of ['logistic', 'worse'] as const) {
        const { answer } = await both[name].ask(request);
        expect([...(answer?.probabilities ?? [])]).toEqual(probabilitiesOf(name, request));
      }
    }
    expect(errors).toEqual([]);
  });

  test('answer all requests that come at once, also those in shadow', async () => {
    const { logistic, worse } = await startBoth();
    const results = await Promise.all([
      ...requests.flatMap((request) => [logistic.ask(request), worse.ask(request)]),
      ...[logistic, worse].map((challenger) => challenger.shadow(aRequest)),
    ]);
    for (const result of results) expect(result).toHaveProperty('answer');
    expect(errors).toEqual([]);
  });
});

describe('a challenger that cannot be loaded again', () => {
  test('is told of once, and is missing until the route is read again', async () => {
    const { logistic, worse } = await startBoth();
    await rm(pathOf('logistic'));
    const first = await Promise.all([logistic.ask(aRequest), logistic.ask(aRequest)]);
    expect(first).toMatchObject([{ fault: 'unready' }, { fault: 'unready' }]);
    expect(errors).toEqual([
      'the challenger v1.0.0 cannot be loaded: Expected the artifact of v1.0.0; there is none. Deploy another version.',
    ]);
    expect(await logistic.ask(aRequest)).toMatchObject({ fault: 'missing' });
    expect(await worse.ask(aRequest)).toHaveProperty('answer');

    await store('logistic');
    want('logistic');
    while ('fault' in (await logistic.ask(aRequest))) await setTimeout(20);
    expect(errors).toHaveLength(1);
  });
});
