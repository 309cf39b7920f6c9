import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Model, type ModelDeclaration, type Policies } from '../../contracts/model.ts';
import { RolloutPolicy } from '../../contracts/rollout-policy.ts';
import { emptyLedger } from '../../functions/cases/domain/ledger-head.ts';
import { openCaseRate } from '../../functions/cases/index.ts';
import { headEntity } from '../../functions/cases/store/ledger-entities.ts';
import { expectSamples } from '../../functions/rollouts/domain/plan/expected-samples.ts';
import { openReadProgress } from '../../functions/rollouts/operations/read-progress.ts';
import { schema } from './case-rows.ts';
import { cases, type Deployed, quickRollout, startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 120_000);
afterAll(() => world.services.dispose());

const progressOf = ({ tenant, model }: Deployed) =>
  openReadProgress({ ...world, caseRate: openCaseRate(world.table) })(tenant, model);

/** A model with cases, and a rollout that has just begun. */
const begin = async () => {
  const deployed = await world.begin(quickRollout);
  const { tenant, model } = deployed;
  await deployed.seal(cases(100));
  const head = { ...emptyLedger, sequence: 4, accepted: 100 };
  await headEntity(world.table).put({ tenant, model, revision: 1, head }).go();
  const { id } = await deployed.deploy(await deployed.version(1, 'logistic'));
  return { deployed, id };
};

/** Registers other policies for a model, while its rollout runs. */
const change = async ({ tenant, model }: Deployed, rollout: Partial<Policies['rollout']>): Promise<void> => {
  const present = await world.models.get(tenant, model);
  const policies = { ...present?.policies, rollout: { ...present?.policies.rollout, ...rollout } };
  const updatedAt = new Date(Date.now() + 1000).toISOString();
  expect(await world.models.save(tenant, Model.parse({ ...present, policies, updatedAt }), present)).toBe(true);
};

describe('the progress of a rollout', () => {
  it('is what its own policy needs, whatever the model declares by now', async () => {
    const { deployed, id } = await begin();
    const before = await progressOf(deployed);
    expect(before).toMatchObject({ rollout: id, samples: 0, needed: expect.any(Number), delaySeconds: 0 });
    await change(deployed, { hypothesis: 'superiority', maximumPairs: 50, promotionAlpha: 0.001 });
    expect(await progressOf(deployed)).toEqual(before);
  }, 60_000);

  it('is of no rollout where none runs', async () => {
    expect(await progressOf(await world.begin(quickRollout))).toBeUndefined();
  });
});

describe('the samples that a verdict is expected with', () => {
  const declared = (policy: object): ModelDeclaration => {
    const model = Model.parse({
      ...{ task: 'tabular-classification', schema, name: 'model', policies: {} },
      ...{ createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' },
    });
    const rollout = { ...RolloutPolicy.parse({}), ...policy };
    return { ...model, policies: { ...model.policies, rollout } };
  };
  const traffic = { labelsPerDay: 200, outcomesPerDay: 0 };

  it('are those of the evidence that judges it', () => {
    expect(expectSamples('model', declared({}), traffic).needed).toBeGreaterThan(0);
    expect(expectSamples('model', declared({ evidence: 'randomised' }), traffic).needed).toBeUndefined();
    expect(expectSamples('model', declared({}), {}).needed).toBeUndefined();
  });

  it('are none where nothing can be judged by the policy', () => {
    const unjudgeable = { promotionAlpha: 0 };
    expect(expectSamples('model', declared(unjudgeable), traffic)).toMatchObject({ needed: undefined });
    const randomised = { ...unjudgeable, evidence: 'randomised' };
    expect(expectSamples('model', declared(randomised), { outcomesPerDay: 200 })).toMatchObject({ needed: undefined });
  });
});
