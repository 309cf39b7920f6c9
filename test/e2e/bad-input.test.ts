import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Role } from '../../contracts/roles.ts';
import { call, caseOfRow, diagnosis, eventually, sendRows, startTestCloud, type TestCloud } from './world.ts';

let cloud: TestCloud;
let operator: string;
let expert: string;
let app: string;
let stranger: string;

const token = (tenant: string, role: Role): string => {
  const found = cloud.tenants[tenant]?.[role];
  if (found === undefined) throw new Error(`Expected a token of ${tenant} for ${role}.`);
  return found;
};

/** What every refusal must look like. */
const expectProblem = (answer: Awaited<ReturnType<typeof call>>, status: number, code?: string): void => {
  expect({ status: answer.status, type: answer.type }).toEqual({ status, type: 'application/problem+json' });
  expect(answer.body).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
  if (code !== undefined) expect(answer.body.type).toBe(`urn:relearn:problem:${code}`);
};

beforeAll(async () => {
  cloud = await startTestCloud();
  operator = token('acme', 'operator');
  expert = token('acme', 'expert');
  app = token('acme', 'app');
  stranger = token('globex', 'operator');
  expect((await call(cloud, operator, 'PUT', '/models/diagnosis', await diagnosis())).status).toBe(201);
}, 600_000);

afterAll(() => cloud.dispose(), 120_000);

describe('a request that does not fit', () => {
  it('is told when it is no JSON, too large, of another type, or has unknown fields', async () => {
    expectProblem(await call(cloud, expert, 'POST', '/models/diagnosis/cases', '{"input":'), 400, 'malformed-json');
    const large = { cases: [{ input: { name: 'x'.repeat(1_200_000) } }] };
    expectProblem(await call(cloud, expert, 'POST', '/models/diagnosis/cases', large), 413, 'payload-too-large');
    const text = await call(cloud, expert, 'POST', '/models/diagnosis/cases', '{}', { 'content-type': 'text/plain' });
    expectProblem(text, 415, 'unsupported-media-type');
    const declaration = await diagnosis();
    expectProblem(
      await call(cloud, operator, 'PUT', '/models/other', { ...declaration, colour: 'red' }),
      400,
      'invalid-request',
    );
    expectProblem(await call(cloud, operator, 'GET', '/models?colour=red'), 400, 'invalid-request');
  });

  it('is told when its path leads nowhere', async () => {
    expectProblem(await call(cloud, operator, 'GET', '/models/nobody-registered-this'), 404, 'not-found');
    expectProblem(await call(cloud, operator, 'GET', '/models/Not A Name'), 400, 'invalid-request');
    expect((await call(cloud, operator, 'GET', '/no-such-path')).status).toBe(404);
  });
});

describe('a token', () => {
  const middle = (parts: string[], change: (claims: Record<string, unknown>) => void): string => {
    const claims = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString());
    change(claims);
    return [parts[0], Buffer.from(JSON.stringify(claims)).toString('base64url'), parts[2]].join('.');
  };

  it('that is missing, forged, expired or unsigned opens nothing', async () => {
    const parts = operator.split('.');
    const unsigned = [Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url'), parts[1], ''].join('.');
    const forged = [
      undefined,
      'rubbish',
      middle(parts, (claims) => Object.assign(claims, { tenant: 'globex' })),
      middle(parts, (claims) => Object.assign(claims, { exp: 1 })),
      unsigned,
    ];
    for (const bad of forged) expectProblem(await call(cloud, bad, 'GET', '/models'), 401);
  });

  it('of another tenant meets what does not exist', async () => {
    expectProblem(await call(cloud, stranger, 'GET', '/models/diagnosis'), 404, 'not-found');
    const sent = await call(cloud, expert, 'POST', '/models/diagnosis/cases', await caseOfRow(500));
    const id = sent.body.cases[0].id;
    expect((await call(cloud, expert, 'GET', `/models/diagnosis/cases/${id}`)).status).toBe(200);
    await call(cloud, stranger, 'PUT', '/models/diagnosis', await diagnosis());
    const foreign = await call(cloud, stranger, 'GET', `/models/diagnosis/cases/${id}`);
    const unknown = await call(cloud, stranger, 'GET', '/models/diagnosis/cases/case_01ARZ3NDEKTSV4RRFFQ69G5FAV');
    const masked = ({ body }: typeof foreign) => ({
      ...body,
      instance: '',
      detail: body.detail.replace(/case_\w+/, ''),
    });
    expect(masked(foreign)).toEqual(masked(unknown));
    expectProblem(foreign, 404, 'not-found');
  });
});

describe('a batch', () => {
  it('with bad cases among good ones loses none of the good and names the bad by index', async () => {
    const good = await Promise.all([520, 521].map((index) => caseOfRow(index)));
    const strange = { ...good[0], input: { ...good[0]?.input, homeTelephone: '555' } };
    const answer = await call(cloud, expert, 'POST', '/models/diagnosis/cases', {
      cases: [good[0], 'nothing', good[1], strange],
    });
    expect(answer.status).toBe(202);
    expect(answer.body.cases.map(({ index }: { index: number }) => index)).toEqual([0, 2]);
    expect(answer.body.refusals).toMatchObject([
      { index: 1, reason: 'malformed' },
      { index: 3, reason: 'unknown-field' },
    ]);
  });

  it('sent twice under one Idempotency-Key is received once', async () => {
    const body = { cases: [await caseOfRow(530)] };
    const first = await call(cloud, expert, 'POST', '/models/diagnosis/cases', body, { 'idempotency-key': 'once' });
    const again = await call(cloud, expert, 'POST', '/models/diagnosis/cases', body, { 'idempotency-key': 'once' });
    expect(again).toEqual(first);
    const other = { cases: [await caseOfRow(531)] };
    expectProblem(
      await call(cloud, expert, 'POST', '/models/diagnosis/cases', other, { 'idempotency-key': 'once' }),
      409,
      'idempotency-mismatch',
    );
  });
});

describe('training', () => {
  it('with too few cases says how many it needs', async () => {
    const answer = await call(cloud, operator, 'POST', '/models/diagnosis/training-jobs', {});
    expectProblem(answer, 422, 'too-few-cases');
    expect(answer.body.detail).toContain('50');
  });

  it('runs once at a time, and a second one is told which', async () => {
    await sendRows(cloud, expert, 'diagnosis', 0, 80);
    const started = await call(cloud, operator, 'POST', '/models/diagnosis/training-jobs', { reason: 'the first' });
    expect(started.status).toBe(202);
    const second = await call(cloud, operator, 'POST', '/models/diagnosis/training-jobs', {});
    expectProblem(second, 409, 'training-running');
    expect(JSON.stringify(second.body)).toContain(started.body.id);
    const ended = await eventually(
      () => call(cloud, operator, 'GET', `/models/diagnosis/training-jobs/${started.body.id}`),
      ({ body }) => ['completed', 'failed', 'cancelled'].includes(body.status),
      300,
    );
    expect(ended.body).toMatchObject({ status: 'completed', version: 'v1.0.0' });
    await eventually(
      () => call(cloud, operator, 'GET', '/models/diagnosis/current'),
      ({ body }) => body.champion === 'v1.0.0',
    );
  }, 600_000);
});

describe('a rollout', () => {
  it('needs a version that exists, that the gate let pass and that does not serve already', async () => {
    const deploy = (body: unknown) => call(cloud, operator, 'POST', '/models/diagnosis/rollouts', body);
    expectProblem(await deploy({ version: 'v9.9.9', reason: 'no such version' }), 404, 'not-found');
    expectProblem(await deploy({ version: 'v1.0.0', reason: 'it serves' }), 409, 'version-serving');
    expectProblem(await deploy({ version: 'v1.0.0' }), 400, 'invalid-request');
    const drill = { reason: 'drill', rollOut: false, recipe: { name: 'drill', parameters: { behaviour: 'nan' } } };
    const job = await call(cloud, operator, 'POST', '/models/diagnosis/training-jobs', drill);
    const ended = await eventually(
      () => call(cloud, operator, 'GET', `/models/diagnosis/training-jobs/${job.body.id}`),
      ({ body }) => ['completed', 'failed'].includes(body.status),
      300,
    );
    const refused = await deploy({ version: ended.body.version, reason: 'hope' });
    expectProblem(refused, 409, 'version-rejected');
    expect(refused.body.detail).toContain('overrideGate');
    const stages = [
      { name: 'a', weight: 50 },
      { name: 'b', weight: 25 },
    ];
    expectProblem(await deploy({ version: ended.body.version, reason: 'x', stages }), 400, 'invalid-request');
  }, 600_000);

  it('cannot be rolled back where there is nothing to go back to', async () => {
    const answer = await call(cloud, operator, 'POST', '/models/diagnosis/rollback', { reason: 'nerves' });
    expectProblem(answer, 409, 'nothing-to-roll-back');
  });
});

describe('a prediction', () => {
  it('names every fault of its input and takes the rest', async () => {
    const { input } = await caseOfRow(200);
    const answer = await call(cloud, app, 'POST', '/models/diagnosis/predictions', { input });
    expect(answer.status).toBe(200);
    expect(Object.values(answer.body.probabilities as Record<string, number>).reduce((a, b) => a + b)).toBeCloseTo(
      1,
      5,
    );
    const { mean_radius: _, ...incomplete } = input;
    const bad = await call(cloud, app, 'POST', '/models/diagnosis/predictions', {
      input: { ...incomplete, mean_area: 'large' },
    });
    expectProblem(bad, 422, 'invalid-input');
    expect(bad.body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
      '/input/mean_area',
      '/input/mean_radius',
    ]);
    expect(JSON.stringify(bad.body)).not.toContain('large');
  });

  it('gives an id that cannot be forged, and whose outcome counts once', async () => {
    const { input } = await caseOfRow(201);
    const { body } = await call(cloud, app, 'POST', '/models/diagnosis/predictions', { input });
    const report = (predictionId: string, reward = 1) =>
      call(cloud, app, 'POST', '/models/diagnosis/outcomes', { predictionId, reward });
    expect((await report(body.predictionId)).body).toMatchObject({ counted: true, version: 'v1.0.0' });
    expect((await report(body.predictionId)).body).toMatchObject({ counted: false });
    expectProblem(await report(body.predictionId, 0), 409, 'outcome-conflict');
    expectProblem(await report(`${body.predictionId.slice(0, -3)}AAA`), 422, 'invalid-prediction-id');
    expectProblem(await report('prd_nothing.of-mine'), 422, 'invalid-prediction-id');
  });
});
