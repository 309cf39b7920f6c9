import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Explanation } from '../../../contracts/explanations.ts';
import { objectKeys } from '../../../contracts/keys.ts';
import { inference } from '../../../contracts/routes/index.ts';
import { versionEntity } from '../../../functions/models/store/versions.ts';
import { logger } from '../../../functions/platform/telemetry.ts';
import { version } from '../../rollouts/specimens.ts';
import { type ApiCall, callApi } from '../../support/call-api.ts';
import { bytesOf, type HoldoutCase, holdoutOf, inputOf, servableOf, type Trained } from '../fixtures.ts';
import { startInference, type World } from '../world.ts';

let world: World;
let handler: Parameters<typeof callApi>[0];

beforeAll(async () => {
  logger.setLogLevel('SILENT');
  world = await startInference();
  const { tableName, bucketName } = world.services;
  Object.assign(process.env, { TABLE_NAME: tableName, BUCKET_NAME: bucketName });
  ({ handler } = await import('../../../functions/inference/explain.ts'));
}, 120_000);

afterEach(() => {
  logger.setLogLevel('SILENT');
  jest.restoreAllMocks();
});

afterAll(async () => {
  await world?.dispose();
});

type Background = Record<string, readonly (number | string | null)[]>;

/** What the fields of the fixture's holdout are in general. */
const backgroundOf = (name: Trained): Background =>
  Object.fromEntries(
    servableOf(name).signature.numeric.map((field, column) => [
      field,
      holdoutOf(name)
        .slice(0, 16)
        .map(({ numeric }) => numeric[column] ?? null),
    ]),
  );

const keep = (tenant: string, name: Trained, content: unknown): Promise<void> =>
  world.objects.writeOnce(
    objectKeys.sidecar(tenant, servableOf(name).digest),
    JSON.stringify(content),
    'application/json',
  );

/** A tenant of which the version serves, with what is in general. */
const serving = async (name: Trained): Promise<string> => {
  const tenant = await world.newTenant(name);
  await world.setRoute(tenant, name);
  const written = name === 'regression' ? JSON.parse(new TextDecoder().decode(bytesOf(`${name}/model.json`))) : {};
  await keep(tenant, name, { background: backgroundOf(name), ...written });
  return tenant;
};

const post = (tenant: string, body: unknown, call: ApiCall = {}) =>
  callApi(handler, inference.postExplanation, { tenant, role: 'app', path: { model: 'diagnosis' }, body, ...call });

const explain = async (tenant: string, body: unknown): Promise<Explanation> => {
  const { status, json } = await post(tenant, body);
  expect({ status, json }).toMatchObject({ status: 200 });
  return Explanation.parse(json);
};

const total = ({ base, contributions, rest }: Explanation): number =>
  contributions.reduce((sum, { contribution }) => sum + contribution, base + (rest?.contribution ?? 0));
const contributionOf = ({ contributions }: Explanation, field: string): number =>
  contributions.find((one) => one.field === field)?.contribution ?? Number.NaN;

const priced = { area: 130, lift: true, soldAt: '2026-01-02', region: 'north', note: 'Near the park' };
const [aCase] = holdoutOf('logistic') as [HoldoutCase];
const anInput = inputOf('logistic', aCase);

describe('an explanation', () => {
  test('of a number says what each field contributes to it, exactly where fields act by themselves', async () => {
    const found = await explain(await serving('regression'), { input: priced });
    expect(found).toMatchObject({ version: 'v1.0.0', label: found.answer });
    expect(found).not.toHaveProperty('class');
    expect(total(found)).toBeCloseTo(found.answer, 9);
    // A square metre is 0.5, a lift 10, a day 0.02; in general there are 100 square metres, and a lift in one of four.
    expect(contributionOf(found, 'area')).toBeCloseTo(0.5 * (130 - 100), 4);
    expect(contributionOf(found, 'lift')).toBeCloseTo(10 - 10 / 4, 4);
    expect(contributionOf(found, 'soldAt')).toBeCloseTo(0.02 * (Date.parse('2026-01-02') / 86_400_000 - 20_150), 3);
    expect(contributionOf(found, 'region')).toBeCloseTo(6 - (6 - 2 - 2) / 4, 4);
    expect(contributionOf(found, 'note')).toBeCloseTo(9, 4);
    const sizes = found.contributions.map(({ contribution }) => Math.abs(contribution));
    expect(sizes).toEqual(sizes.toSorted((one, other) => other - one));
  });

  test('of a class says what contributes to its probability, which is taken from the other class', async () => {
    const tenant = await serving('logistic');
    const { classes } = servableOf('logistic').signature;
    const [first, second] = [
      await explain(tenant, { input: anInput, class: classes[0] }),
      await explain(tenant, { input: anInput, class: classes[1] }),
    ];
    expect(first.answer).toBeCloseTo(aCase.probabilities[0] ?? 2, 5);
    for (const found of [first, second]) expect(total(found)).toBeCloseTo(found.answer, 9);
    for (const { field, contribution } of first.contributions) {
      expect(contributionOf(second, field)).toBeCloseTo(-contribution, 5);
    }
    const unasked = await explain(tenant, { input: anInput });
    expect(unasked).toEqual(unasked.label === classes[0] ? first : second);
  });

  test('is the same each time', async () => {
    const tenant = await serving('logistic');
    expect(await explain(tenant, { input: anInput })).toEqual(await explain(tenant, { input: anInput }));
  });

  test('names as many fields as are asked for, and sums up the rest', async () => {
    const tenant = await serving('logistic');
    const [all, some] = [await explain(tenant, { input: anInput }), await explain(tenant, { input: anInput, top: 3 })];
    expect(all.rest).toBeUndefined();
    expect(some.contributions).toEqual(all.contributions.slice(0, 3));
    expect(some.rest?.fields).toBe(27);
    expect(total(some)).toBeCloseTo(all.answer, 9);
  });

  test('is of any version that is named', async () => {
    const tenant = await serving('logistic');
    const { digest, bytes, signature } = servableOf('worse');
    await world.store(tenant, 'worse');
    await keep(tenant, 'worse', { background: backgroundOf('worse') });
    const { status, ...record } = version(7, { artifact: { digest, bytes, format: 'onnx' }, signature });
    await versionEntity(world.table)
      .put({ tenant, model: 'diagnosis', order: '000001.000007.000000', status, record })
      .go();
    const [champion, named] = [
      await explain(tenant, { input: anInput }),
      await explain(tenant, { input: anInput, version: 'v1.7.0' }),
    ];
    expect([champion.version, named.version]).toEqual(['v1.0.0', 'v1.7.0']);
    expect(named.contributions).not.toEqual(champion.contributions);
    expect((await post(tenant, { input: anInput, version: 'v1.8.0' })).status).toBe(404);
  });

  test('leaves nothing of the input in the log', async () => {
    const tenant = await serving('regression');
    logger.setLogLevel('DEBUG');
    const printed: string[] = [];
    for (const stream of [process.stdout, process.stderr]) {
      jest.spyOn(stream, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
    }
    await post(tenant, { input: { ...priced, note: 'Jane Doe' } });
    await post(tenant, { input: { ...priced, region: 'Jane Doe' } });
    expect(printed.length).toBeGreaterThan(1);
    expect(printed.join('')).not.toMatch(/jane/i);
  });
});

describe('what cannot be explained gets a problem', () => {
  const problem = (code: string) => ({ type: `urn:relearn:problem:${code}` });

  test('an input with faults: each by its pointer, none with its value', async () => {
    const tenant = await serving('regression');
    const { status, json, text } = await post(tenant, { input: { ...priced, soldAt: 'Jane Doe', floor: 3 } });
    expect({ status, json }).toMatchObject({ status: 422, json: problem('invalid-input') });
    expect(json.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/input/soldAt', '/input/floor']);
    expect(text).not.toContain('Jane');
  });

  test.each<[string, object, ApiCall, number, string]>([
    ['no input', {}, {}, 400, 'invalid-request'],
    ['an input that is a list', { input: [1] }, {}, 400, 'invalid-request'],
    ['another member', { input: priced, other: 1 }, {}, 400, 'invalid-request'],
    ['no field asked for', { input: priced, top: 0 }, {}, 400, 'invalid-request'],
    ['a version that is no name', { input: priced, version: 'latest' }, {}, 400, 'invalid-request'],
    ['a class, where a number is predicted', { input: priced, class: 'north' }, {}, 400, 'invalid-request'],
    ['a role that may not predict', { input: priced }, { role: 'expert' }, 403, 'forbidden'],
    ['a model that is none', { input: priced }, { path: { model: 'other' } }, 404, 'not-found'],
    ['a foreign model', { input: priced }, { tenant: 'nobody' }, 404, 'not-found'],
  ])('%s', async (_, body, call, status, code) => {
    const answer = await post(await serving('regression'), body, call);
    expect({ status: answer.status, json: answer.json }).toMatchObject({ status, json: problem(code) });
  });

  test('a class that the model does not know', async () => {
    const { status, json } = await post(await serving('logistic'), { input: anInput, class: 'Jane Doe' });
    expect({ status, json }).toMatchObject({ status: 400, json: { errors: [{ pointer: '/class' }] } });
    expect(json.detail).toContain('expected one of');
    expect(JSON.stringify(json)).not.toContain('Jane');
  });

  test('a model of which no version serves', async () => {
    const answer = await post(await world.newTenant('regression'), { input: priced });
    expect({ status: answer.status, json: answer.json }).toMatchObject({ status: 409, json: problem('no-champion') });
  });

  test.each([
    ['whose model.json has no background', {}],
    ['whose model.json is not there', undefined],
  ])('a version %s', async (_, content) => {
    const tenant = await world.newTenant('regression');
    await world.setRoute(tenant, 'regression');
    if (content !== undefined) await keep(tenant, 'regression', content);
    const { status, json } = await post(tenant, { input: priced });
    expect({ status, json }).toMatchObject({ status: 409, json: problem('no-background') });
    expect(json.detail).toMatch(/^Expected a background.*Train again/);
  });

  test('a version whose artifact is another', async () => {
    const tenant = await serving('regression');
    await world.setRoute(tenant, 'regression', { champion: { ...servableOf('regression'), digest: 'f'.repeat(64) } });
    const { status, json } = await post(tenant, { input: priced });
    expect({ status, json }).toMatchObject({ status: 409, json: problem('artifact-missing') });
  });

  test('a version that fails', async () => {
    const { status, json } = await post(await serving('throws'), { input: inputOf('throws', aCase) });
    expect({ status, json }).toMatchObject({ status: 503, json: problem('unavailable') });
  });
});
