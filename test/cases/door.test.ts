import { createHmac } from 'node:crypto';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Case, Receipt } from '../../contracts/cases.ts';
import { cases as routes } from '../../contracts/routes/index.ts';
import { keyLabels } from '../../functions/platform/key-ring.ts';
import { signPredictionId } from '../../functions/platform/prediction-id.ts';
import { type ApiAnswer, type ApiCall, callApi } from '../support/call-api.ts';
import { clinicCase, clinicModel } from './clinic.ts';
import { startWorld, type World } from './world.ts';

jest.setTimeout(60_000);

let world: World;
let post: (body: unknown, call?: ApiCall) => Promise<ApiAnswer>;
let read: (id: string, call?: ApiCall) => Promise<ApiAnswer>;

beforeAll(async () => {
  world = await startWorld();
  await world.register('acme', clinicModel());
  const { handler } = await import('../../functions/cases/api.ts');
  const path = { model: 'clinic' };
  post = (body, call = {}) => callApi(handler, routes.postCases, { path, role: 'expert', body, ...call });
  read = (id, call = {}) => callApi(handler, routes.getCase, { path: { ...path, case: id }, ...call });
}, 120_000);

afterAll(async () => {
  await world.services.dispose();
});

describe('a case that is sent alone', () => {
  it('is received, kept without what identifies people, and queued', async () => {
    const answer = await post(clinicCase());
    expect(answer.status).toBe(202);
    const receipt = Receipt.parse(answer.json);
    expect(receipt).toMatchObject({ received: 1, refused: 0, cases: [{ index: 0, status: 'received' }] });
    const id = receipt.cases[0]?.id ?? '';
    expect(await world.queued()).toEqual([[id]]);
    const stored = Case.parse((await read(id)).json);
    expect(stored).toMatchObject({
      status: 'received',
      reasons: [],
      subject: expect.stringMatching(/^sub_/),
      validator: expect.stringMatching(/^val_/),
      input: { birthDate: 1961, age: 64, postcode: '100' },
    });
    expect(stored.input).not.toHaveProperty('patientName');
    expect(stored.input).not.toHaveProperty('recordNumber');
  });

  it.each([
    ['an unknown field', clinicCase({ input: { 'Lovelace-1815': 'x' } }), 'unknown-field', '/input'],
    ['no input', { label: 'benign' }, 'malformed', '/input'],
    ['a member that the API does not know', { ...clinicCase(), 'Lovelace-1815': 1 }, 'malformed', ''],
    ['a forged predictionId', clinicCase({ predictionId: 'prd_Lovelace.1815' }), 'forged-prediction', '/predictionId'],
  ])('with %s is refused by a problem that repeats nothing', async (_, body, reason, pointer) => {
    const answer = await post(body);
    expect(answer.status).toBe(422);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.json).toMatchObject({ type: 'urn:relearn:problem:invalid-input', reason, errors: [{ pointer }] });
    expect(answer.text).not.toMatch(/Lovelace|1815/);
    expect(await world.queued()).toEqual([]);
  });

  it.each([
    ['a list', [clinicCase()], 400],
    ['an empty batch', { cases: [] }, 400],
    ['more than 500', { cases: Array.from({ length: 501 }, () => ({})) }, 400],
    ['no JSON', '{"input":', 400],
    ['a batch with another member', { cases: [clinicCase()], 'Ada Lovelace': 1 }, 400],
  ])('is not what %s is', async (_, body, status) => {
    const answer = await post(body);
    expect(answer.status).toBe(status);
    expect(answer.text).not.toMatch(/Lovelace|1815/);
  });

  it('needs a model of the own tenant', async () => {
    const foreign = await post(clinicCase(), { tenant: 'rival' });
    const unknown = await post(clinicCase(), { path: { model: 'nothing' } });
    expect([foreign.status, unknown.status]).toEqual([404, 404]);
  });
});

describe('a number', () => {
  it('of a size that the table cannot hold costs no other case', async () => {
    const tiny = clinicCase({ confidence: 1e-200, input: { recordNumber: 'tiny', texture: -1e-300 } });
    const huge = clinicCase({ input: { recordNumber: 1e300, texture: -1.7e308, birthDate: 1e200, age: 1e200 } });
    const { json } = await post({ cases: [tiny, huge, clinicCase()] });
    expect(json).toMatchObject({ received: 3 });
    const stored = (await read(json.cases[0].id)).json;
    expect(stored).toMatchObject({ confidence: 0, input: { texture: 0 }, reasons: ['low-confidence'] });
    expect((await read(json.cases[1].id)).json).toMatchObject({
      input: { texture: null, birthDate: null, age: null },
      reasons: ['wrong-type', 'out-of-range'],
    });
    await world.queued();
  });
});

describe('a predictionId', () => {
  const claims = { t: 'acme', m: 'clinic', v: 'v1.0.0', a: 'champion', i: 1, n: 'nonce' } as const;

  it.each([
    ['is taken where it was issued for this model', {}, 202],
    ['is refused where it was issued for another tenant', { t: 'rival' }, 422],
    ['is refused where it was issued for another model', { m: 'other' }, 422],
    ['is refused where another key signed it', {}, 422, 'prediction-ids/rival'],
  ])('%s', async (_, changed, status, label = keyLabels.predictionIds('acme')) => {
    const key = await world.keyRing.derive(label);
    const predictionId = signPredictionId({ ...claims, ...changed }, key);
    expect((await post(clinicCase({ predictionId, input: { radius: 1 } }))).status).toBe(status);
    await world.queued();
  });

  it('is kept without the keyed hash of a person that it holds', async () => {
    const hash = createHmac('sha256', 'key').update('subject/Lovelace').digest('base64url');
    const key = await world.keyRing.derive(keyLabels.predictionIds('acme'));
    const predictionId = signPredictionId({ ...claims, n: 'nonce-1815', u: hash }, key);
    const { json } = await post(clinicCase({ predictionId, input: { radius: 2 } }));
    const { Items = [] } = await world.table.client.send(new ScanCommand({ TableName: world.table.table }));
    const stored = Items.find(({ id }) => id === json.cases[0].id);
    expect(stored?.content.prediction).toEqual({ nonce: 'nonce-1815', at: '1970-01-01T00:00:00.001Z' });
    expect(JSON.stringify(Items)).not.toContain(hash);
    expect(JSON.stringify(Items)).not.toContain(predictionId);
    await world.queued();
  });
});

describe('a batch', () => {
  it('loses only what is refused, and names it by its place', async () => {
    const answer = await post({
      cases: [clinicCase(), 'Ada Lovelace', clinicCase({ label: 'x' }), clinicCase({ input: { Ada: 1 } })],
    });
    expect(answer.status).toBe(202);
    expect(answer.json).toMatchObject({
      received: 2,
      refused: 2,
      cases: [{ index: 0 }, { index: 2 }],
      refusals: [
        { index: 1, reason: 'malformed' },
        { index: 3, reason: 'unknown-field' },
      ],
    });
    expect(answer.text).not.toMatch(/Ada|Lovelace/);
    expect((await world.queued()).flat()).toHaveLength(2);
  });

  it('gets a receipt even where every case is refused', async () => {
    const answer = await post({ cases: [1, 2] });
    expect(answer.status).toBe(202);
    expect(answer.json).toMatchObject({ received: 0, refused: 2 });
  });

  it('gives a person one pseudonym, in the batch and ever after, and another to each tenant', async () => {
    await world.register('other-clinic', clinicModel());
    const of = (recordNumber: string | number) => clinicCase({ input: { recordNumber } });
    const subjects = async (cases: unknown[], tenant: string) => {
      const { json } = await post({ cases }, { tenant });
      const stored = await world.cases.getMany(
        tenant,
        'clinic',
        json.cases.map(({ id }: { id: string }) => id),
      );
      return stored.map(({ content }) => content.subject);
    };
    const [first, second, third] = await subjects([of('A-1'), of('A-2'), of('A-1')], 'acme');
    const [again] = await subjects([of('A-1')], 'acme');
    const [elsewhere] = await subjects([of('A-1')], 'other-clinic');
    expect(third).toBe(first);
    expect(again).toBe(first);
    expect(new Set([first, second, elsewhere]).size).toBe(3);
    await world.queued();
  });

  it('gives a person one pseudonym where many batches meet', async () => {
    const body = { cases: Array.from({ length: 3 }, () => clinicCase({ input: { recordNumber: 'new here' } })) };
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(body)));
    const ids = answers.flatMap(({ json }) => json.cases.map(({ id }: { id: string }) => id));
    const stored = await world.cases.getMany('acme', 'clinic', ids);
    expect(stored).toHaveLength(24);
    expect(new Set(stored.map(({ content }) => content.subject)).size).toBe(1);
    await world.queued();
  });

  it('of 500 is queued whole, 25 a message, in order', async () => {
    const cases = Array.from({ length: 500 }, (_, index) => clinicCase({ input: { recordNumber: `P-${index}` } }));
    const { json } = await post({ cases });
    expect(json.received).toBe(500);
    const queued = await world.queued();
    expect(queued.map((ids) => ids.length)).toEqual(Array.from({ length: 20 }, () => 25));
    expect(queued.flat()).toEqual(json.cases.map(({ id }: { id: string }) => id));
    expect(await world.cases.getMany('acme', 'clinic', queued.flat())).toHaveLength(500);
  });
});

describe('reading a case', () => {
  it('answers a foreign id as it answers an unknown one', async () => {
    const { json } = await post(clinicCase());
    const foreign = await read(json.cases[0].id, { tenant: 'other-clinic' });
    const unknown = await read('case_01J9Z3ABCDEFGHJKMNPQRSTVWX');
    expect([foreign.status, unknown.status]).toEqual([404, 404]);
    expect(foreign.json.title).toBe(unknown.json.title);
  });

  it('is not for apps', async () => {
    expect((await read('case_01J9Z3ABCDEFGHJKMNPQRSTVWX', { role: 'app' })).status).toBe(403);
  });
});
