import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventBridgeEvent, SQSEvent } from 'aws-lambda';
import { driftFound } from '../../contracts/events.ts';
import type { Model } from '../../contracts/model.ts';
import { training as routes } from '../../contracts/routes/index.ts';
import { TrainingDecision } from '../../contracts/training.ts';
import { openModels } from '../../functions/models/index.ts';
import { Occasion } from '../../functions/training/domain/trigger.ts';
import { changeSchedule } from '../../functions/training/operations/change-schedule.ts';
import { considerTraining } from '../../functions/training/operations/start-training.ts';
import { callApi } from '../support/call-api.ts';
import { startWorld, tenant, trainedModel, type World } from './world.ts';

let world: World;
let api: Parameters<typeof callApi>[0];
let sealed: (model: string) => Promise<void>;
let drifted: (model: string, detail?: string) => Promise<void>;
let models = 0;

beforeAll(async () => {
  world = await startWorld();
  ({ handler: api } = await import('../../functions/training/api.ts'));
  const { handler: onSegmentSealed } = await import('../../functions/training/on-segment-sealed.ts');
  const { handler: onDriftFound } = await import('../../functions/training/on-drift-found.ts');
  sealed = async (model) => {
    const body = JSON.stringify({ detail: { tenant, model, sequence: 1 } });
    const answer = await onSegmentSealed({ Records: [{ messageId: '1', body }] } as unknown as SQSEvent);
    expect(answer.batchItemFailures).toEqual([]);
  };
  drifted = (model, detail) =>
    onDriftFound({
      'detail-type': driftFound,
      detail: { tenant, model, ...(detail === undefined ? {} : { detail }) },
    } as EventBridgeEvent<string, unknown>);
}, 120_000);
afterAll(() => world.dispose());

const register = async (training: object): Promise<string> => {
  models += 1;
  const model: Model = { ...trainedModel(training), name: `decided-${models}`, createdAt: new Date().toISOString() };
  await world.register(tenant, model);
  return model.name;
};

const decisionsOf = async (model: string): Promise<TrainingDecision[]> => {
  const { status, json } = await callApi(api, routes.listDecisions, { tenant, path: { model } });
  expect(status).toBe(200);
  return json.items.map((item: unknown) => TrainingDecision.parse(item));
};

const delayedMessages = async (): Promise<string[]> => {
  const { Messages = [] } = await new SQSClient({}).send(
    new ReceiveMessageCommand({ QueueUrl: world.triggerQueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 3 }),
  );
  return Messages.map(({ Body = '' }) => Body);
};

describe('a decision not to train', () => {
  it('is kept with its reason, one item however often it is made', async () => {
    const model = await register({ newCases: 20 });
    await world.accept(model, 12);
    await sealed(model);
    await sealed(model);
    await drifted(model, 'The input radius has drifted.');
    await sealed(model);
    const kept = await decisionsOf(model);
    expect(kept.map(({ reason, count }) => `${count} ${reason}`)).toEqual(['2 not-yet', '1 already-running']);
    expect(kept[0]?.detail).toContain('12 new cases of 20');
    expect((await world.store.list(tenant, model, 10)).map(({ trigger }) => trigger)).toEqual(['drift']);
  });

  it('is not lost where drift is told in no sentence, or in a very long one', async () => {
    const long = 'The input radius has drifted. '.repeat(100);
    for (const [detail, reason] of [
      [undefined, 'Drift was found. There are 12 new cases.'],
      [long, `${long.slice(0, 500)} There are 12 new cases.`],
    ]) {
      const model = await register({ newCases: 20 });
      await world.accept(model, 12);
      await drifted(model, detail);
      expect((await world.store.list(tenant, model, 10)).map((job) => job.reason)).toEqual([reason]);
    }
  });

  it('is made by the budget, which a request by hand does not pass either', async () => {
    const model = await register({ monthlyBudget: 0.01, maximumSeconds: 3600 });
    await world.accept(model, 25);
    await sealed(model);
    const asked = await callApi(api, routes.postJob, { tenant, role: 'operator', path: { model }, body: {} });
    expect(asked.status).toBe(409);
    expect(asked.json.type).toBe('urn:relearn:problem:over-budget');
    expect((await decisionsOf(model)).map(({ reason, count }) => `${count} ${reason}`)).toEqual(['2 over-budget']);
  });

  it('is read page by page', async () => {
    const model = await register({});
    for (const reason of ['not-yet', 'nothing-new', 'too-few-cases'] as const) {
      await world.decisions.record(tenant, model, { reason, detail: 'A test.' });
    }
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const query = { limit: '2', ...(cursor === undefined ? {} : { cursor }) };
      const { json } = await callApi(api, routes.listDecisions, { tenant, path: { model }, query });
      found.push(...json.items.map(({ reason }: TrainingDecision) => reason));
      cursor = json.nextCursor;
    } while (cursor !== undefined);
    expect(found).toEqual(['too-few-cases', 'nothing-new', 'not-yet'].sort().reverse());
  });
});

describe('the debounce', () => {
  it('starts exactly one training of all cases that came together, under 100 concurrent events', async () => {
    const name = await register({ newCases: 20, debounceSeconds: 60 });
    const model = (await openModels(world.table).get(tenant, name)) as Model;
    const began = Date.now();
    const considerAll = (now: number) =>
      Promise.all(
        Array.from({ length: 100 }, () =>
          considerTraining({ ...world, clock: { now: () => now } }, tenant, model, Occasion.Accepted),
        ),
      );
    await world.accept(name, 25);
    const early = await considerAll(began);
    expect(new Set(early.map(({ decision }) => decision.reason))).toEqual(new Set(['debouncing']));
    await world.accept(name, 5);
    await considerAll(began + 59_000);
    expect(await world.store.list(tenant, name, 10)).toEqual([]);
    await considerAll(began + 60_000);
    const jobs = await world.store.list(tenant, name, 10);
    expect(jobs.map(({ reason }) => reason)).toEqual(['There are 30 new cases; 20 start a training.']);
    expect((await world.store.state(tenant, name)).dueSince).toBeUndefined();
  }, 60_000);

  it('begins anew where meanwhile there were too few cases for it', async () => {
    const name = await register({ newCases: 20, debounceSeconds: 60 });
    const model = (await openModels(world.table).get(tenant, name)) as Model;
    const began = Date.now();
    const consider = async (after: number) => {
      const clock = { now: () => began + after * 1000 };
      const { decision } = await considerTraining({ ...world, clock }, tenant, model, Occasion.Accepted);
      return decision.reason;
    };
    await world.accept(name, 25);
    expect(await consider(0)).toBe('debouncing');
    const schedule = { newCases: 60, days: 300, weekly: false, enabled: true };
    await changeSchedule(world.store, tenant, name, schedule, 'test');
    expect(await consider(60)).toBe('not-yet');
    await world.accept(name, 40);
    expect(await consider(300)).toBe('debouncing');
    expect(await consider(359)).toBe('debouncing');
    expect(await consider(360)).toBe('new-cases');
  });

  it('looks again by itself', async () => {
    const model = await register({ newCases: 20, debounceSeconds: 1 });
    await world.accept(model, 25);
    await sealed(model);
    expect((await delayedMessages()).map((body) => JSON.parse(body).detail.model)).toEqual([model]);
  });
});
