import { createSecretKey } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { challengerMetrics } from '../../functions/inference/arm-metrics.ts';
import {
  type Challenger,
  type Challengers,
  openChallengers,
} from '../../functions/inference/challengers/challengers.ts';
import { type ChallengerResult, Fault, isHeldAgainst, isMissed } from '../../functions/inference/challengers/result.ts';
import { compileInputReader } from '../../functions/inference/domain/input-reader.ts';
import type { PredictionRecord } from '../../functions/inference/prediction-metrics.ts';
import { openPredictor } from '../../functions/inference/predictor.ts';
import type { ServedModel } from '../../functions/inference/served-model.ts';
import { openServingFrom } from '../../functions/inference/serving.ts';
import { readPredictionId } from '../../functions/platform/prediction-id.ts';
import { graphOf, holdoutOf, inputOf, schemaOf, servableOf, tensorsOf } from './fixtures.ts';

const grace = 30_000;
const tenant = 'acme';
const model = 'diagnosis';
const rollout = `rol_${'0'.repeat(26)}`;
const [aCase] = holdoutOf('logistic') as [ReturnType<typeof holdoutOf>[number]];

/** A thread that takes every request, and is never done with any before it is let go. */
const neverDone = `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', (request) => {
    if (request.do === 'end') process.exit();
  });
`;

/** ms of the stopwatch since the challenger is wanted. */
let elapsed: number;
let challengers: Challengers;
let thread: Worker | undefined;

beforeEach(() => {
  elapsed = 0;
  challengers = openChallengers({
    startThread: () => {
      thread = new Worker(neverDone, { eval: true });
      return thread;
    },
    stopwatch: () => 1e6 + elapsed,
    onError: () => undefined,
  });
});

afterEach(async () => {
  challengers.forget(model);
  while (thread !== undefined && thread.threadId >= 0) await setTimeout(20);
});

/** The challenger, which has so many ms to answer. */
const want = (timeout = 20): Challenger => {
  const [wanted] = challengers.want(model, tenant, [challenger], timeout);
  return wanted as Challenger;
};
const aRequest = tensorsOf([aCase]);

describe('a challenger that is not ready', () => {
  test.each([
    [0, Fault.Unready],
    [grace, Fault.Unready],
    [grace + 1, Fault.Starved],
    [3_600_000, Fault.Starved],
  ])('is, %d ms after it came to be wanted, %s', async (milliseconds, fault) => {
    const wanted = want();
    elapsed = milliseconds;
    expect(await wanted.ask(aRequest)).toMatchObject({ fault });
  });

  test('has its grace once, however often the route is read', async () => {
    want();
    elapsed = grace + 1;
    expect(await want().ask(aRequest)).toMatchObject({ fault: Fault.Starved });
  });

  test('is starved too where the thread leaves before its time-out', async () => {
    const wanted = want(10_000);
    elapsed = grace + 1;
    const asked = wanted.ask(aRequest);
    challengers.forget(model);
    expect(await asked).toMatchObject({ fault: Fault.Starved });
    expect(await wanted.ask(aRequest)).toMatchObject({ fault: Fault.Starved });
  });

  test('is missed by the evidence after its grace, and never held against the version', () => {
    expect([Fault.Unready, Fault.Starved].map(isMissed)).toEqual([false, true]);
    expect([Fault.Unready, Fault.Starved].map(isHeldAgainst)).toEqual([false, false]);
    for (const fault of Object.values(Fault).filter(isHeldAgainst)) expect(isMissed(fault)).toBe(true);
  });
});

const now = Date.parse('2026-01-02T03:04:05.000Z');
const champion = servableOf('logistic');
const challenger = servableOf('worse', 'v1.1.0');
const route = {
  ...{ champion, challenger, weight: 10_000, salt: 'salt', rollout, stage: 'canary', revision: 1 },
  ...{ previous: [], updatedAt: new Date(now).toISOString() },
};

/** Predictions of a model whose challenger is to answer all of them. */
const startPredictor = async () => {
  const schema = schemaOf('logistic');
  const key = createSecretKey(Buffer.alloc(32, 'k'));
  const versionOf = (servable: typeof champion) => ({
    servable,
    reader: compileInputReader(schema, servable.signature, 2026),
  });
  const served: ServedModel = {
    route,
    champion: versionOf(champion),
    challengers: [{ ...versionOf(challenger), ...want() }],
    isShadowed: false,
    scoreClass: 0,
    tolerance: 0,
    key,
    subjectKey: undefined,
  };
  const records: PredictionRecord[] = [];
  const serving = openServingFrom({ open: async () => Readable.from([Uint8Array.from(graphOf('logistic'))]) });
  await serving.load(tenant, champion);
  const predict = openPredictor({
    ...{ routes: { get: () => served }, serving, clock: { now: () => now }, stopwatch: () => 1e6 + elapsed },
    ...{ random: () => 0, newNonce: () => 'nonce', onError: () => undefined },
    record: (_, record) => records.push(record),
    recordShadow: () => undefined,
  });
  return {
    records,
    /** A prediction, with its claims. */
    predict: async () => {
      const prediction = await predict(tenant, model, inputOf('logistic', aCase));
      return { ...prediction, claims: readPredictionId(prediction.predictionId, key, { tenant, model }) };
    },
  };
};

describe('a prediction that the champion makes in place of a challenger', () => {
  test('does not say that this failed while it is warming up', async () => {
    const { predict } = await startPredictor();
    elapsed = grace;
    const { claims, ...prediction } = await predict();
    expect(prediction).toMatchObject({ version: 'v1.0.0', fallback: true });
    expect(claims).toMatchObject({ v: 'v1.0.0', a: 'challenger', r: rollout, s: 'canary' });
    expect(claims).not.toHaveProperty('w');
  });

  test('names the challenger as the one that failed once it should have been ready', async () => {
    const { predict } = await startPredictor();
    elapsed = grace + 1;
    const { claims, ...prediction } = await predict();
    expect(prediction).toMatchObject({ version: 'v1.0.0', fallback: true });
    expect(claims).toMatchObject({ v: 'v1.0.0', w: 'v1.1.0', a: 'challenger', r: rollout, s: 'canary' });
  });

  test.each([grace, grace + 1])('gives the alarms nothing, %d ms after it came to be wanted', async (milliseconds) => {
    const { predict, records } = await startPredictor();
    elapsed = milliseconds;
    await predict();
    expect(records).toMatchObject([{ fallback: true, rollout: { arm: 'challenger', asked: 'v1.1.0' } }]);
    expect(records[0]?.rollout?.metrics).toEqual({});
  });
});

test('a starved challenger in shadow gives the alarms nothing', async () => {
  const wanted = want();
  elapsed = grace + 1;
  const shadowed = wanted.shadow(aRequest);
  challengers.forget(model);
  const result = (await shadowed) as ChallengerResult;
  expect(result).toMatchObject({ fault: Fault.Starved });
  expect(challengerMetrics(result, { route, scoreClass: 0 })).toEqual({});
});
