import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { beginDrill } from '../../functions/rollouts/operations/begin-drill.ts';
import { deployVersion } from '../../functions/rollouts/operations/deploy-version.ts';
import { judgeRollout } from '../../functions/rollouts/operations/judge-rollout.ts';
import { rollBackByHand } from '../../functions/rollouts/operations/roll-back.ts';
import { cases, type Deployed, quickRollout, startWorld, type World } from './world.ts';

const actor = 'operator:user-1';
let world: World;
let deployed: Deployed;
let drill: string;

beforeAll(async () => {
  world = await startWorld();
}, 120_000);
afterAll(() => world.services.dispose());

/** A model of which v1.1.0 serves, v1.0.0 did before, and a drill runs. */
const beginInDrill = async (): Promise<void> => {
  deployed = await world.begin(quickRollout);
  const { tenant, model } = deployed;
  const { id } = await deployed.deploy(await deployed.version(1, 'logistic'));
  await world.cloudWatch.make(id);
  await world.cloudWatch.see(id, [0]);
  for (let round = 0; round < 4; round += 1) {
    await deployed.seal(cases(100, 100 * round));
    await judgeRollout(world, { tenant, model, rollout: id });
  }
  drill = (await beginDrill(world, { tenant, model, actor, reason: 'does it still work?' })).id;
  expect(await deployed.route()).toMatchObject({ champion: { version: 'v1.1.0' }, rollout: drill });
};

it('a rollback by hand during a drill leaves the champion, not the version of the drill', async () => {
  await beginInDrill();
  const { tenant, model } = deployed;
  const done = await rollBackByHand(world, { tenant, model, actor, reason: 'the champion does harm' });
  expect(done).toMatchObject({ from: 'v1.1.0', to: 'v1.0.0' });
  const route = await deployed.route();
  expect(route).toMatchObject({ champion: { version: 'v1.0.0' }, weight: 0 });
  expect(route?.rollout).toBeUndefined();
});

it('a deployment that is refused leaves the drill running', async () => {
  await beginInDrill();
  const version = await deployed.version(2, 'logistic');
  const { tenant, model } = deployed;
  const faulty = { ...world, versions: { ...world.versions, get: versionsThatFailLate(world.versions) } };
  const request = { tenant, model, version, actor, reason: 'newer', kind: 'manual', overrideGate: false } as const;
  await expect(deployVersion(faulty, request)).rejects.toThrow('away');
  expect((await deployed.route())?.rollout).toBe(drill);
});

/** Finds the version that is asked for, and is away when the evidence is begun. */
const versionsThatFailLate = (versions: World['versions']): World['versions']['get'] => {
  let calls = 0;
  return async (...asked) => {
    calls += 1;
    if (calls > 1) throw new Error('the table is away');
    return versions.get(...asked);
  };
};
