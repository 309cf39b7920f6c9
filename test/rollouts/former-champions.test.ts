import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { environments } from '../../contracts/environment.ts';
import { inference } from '../../contracts/routes/index.ts';
import { startPredictions } from '../../functions/inference/start-predictions.ts';
import { rollBackByHand } from '../../functions/rollouts/operations/roll-back.ts';
import { callApi } from '../support/call-api.ts';
import { openClock } from './live-outcomes.ts';
import { caseRow, type Deployed, promote, startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 120_000);
afterAll(() => world.services.dispose());

/** Asks the predict function in a new process, whose memory holds no route and no version. */
const predictAfresh = async ({ tenant, model }: Deployed) => {
  const { tableName, bucketName, hmacKeyId } = world.services;
  const config = environments['inference/predict'].parse({
    ...process.env,
    ...{ TABLE_NAME: tableName, BUCKET_NAME: bucketName, HMAC_KEY_ID: hmacKeyId },
  });
  const handler = await startPredictions(config, () => {
    throw new Error('no challenger is to be served');
  });
  const call = { tenant, role: 'app', path: { model }, body: { input: caseRow(1).input } };
  const { status, json } = await callApi(handler, inference.postPrediction, call);
  return { status, version: json.version, label: json.label };
};

it('the last three champions serve again, one after the other, days after they were left', async () => {
  const deployed = await world.begin();
  for (const number of [1, 2, 3, 4]) await promote(world, deployed, number, { stamped: true });
  const { tenant, model } = deployed;
  const { champion, previous } = (await deployed.route()) ?? { previous: [] };
  expect(new Set([champion, ...previous].map((servable) => servable?.digest)).size).toBe(4);
  const clock = openClock();
  const goBack = () => {
    clock.pass(30 * 86_400);
    const request = { tenant, model, actor: 'operator:user-1', reason: 'complaints' };
    return rollBackByHand({ ...world, clock }, request);
  };
  const answered = { status: 200, label: caseRow(1).label };
  expect(await predictAfresh(deployed)).toEqual({ ...answered, version: 'v1.4.0' });
  for (const [from, to] of [
    ['v1.4.0', 'v1.3.0'],
    ['v1.3.0', 'v1.2.0'],
    ['v1.2.0', 'v1.1.0'],
  ]) {
    expect(await goBack()).toMatchObject({ from, to });
    expect(await predictAfresh(deployed)).toEqual({ ...answered, version: to });
    expect(await deployed.statusOf(to ?? '')).toBe('champion');
  }
  await expect(goBack()).rejects.toMatchObject({ code: 'nothing-to-roll-back' });
  expect(await predictAfresh(deployed)).toEqual({ ...answered, version: 'v1.1.0' });
});
