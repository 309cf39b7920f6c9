import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Route } from '../../contracts/route-item.ts';
import { beginRollout, restorePrevious, rollBack } from '../../functions/rollouts/domain/changes.ts';
import type { RolloutRecord } from '../../functions/rollouts/domain/record.ts';
import type { Statistics } from '../../functions/rollouts/store/evidence-store.ts';
import { newRecord, servable } from './specimens.ts';
import { type Deployed, startWorld, type World } from './world.ts';

let world: World;
let deployed: Deployed;
const occasion = { at: '2026-01-01T00:00:00.000Z', actor: 'test' };

beforeAll(async () => {
  world = await startWorld();
}, 120_000);
afterAll(() => world.services.dispose());
beforeEach(async () => {
  deployed = await world.begin();
});

interface Running {
  readonly route: Route;
  readonly rollout: RolloutRecord;
  readonly statistics: Statistics;
}

/** A rollout that runs, as a judge reads it. */
const running = async (): Promise<Running> => {
  const { tenant, model } = deployed;
  const { id } = await deployed.deploy(await deployed.version(1, 'logistic'));
  const [route, rollout, statistics] = await Promise.all([
    deployed.route(),
    world.store.rollout(tenant, model, id),
    world.evidence.get(tenant, model, id),
  ]);
  if (route === undefined || rollout === undefined || statistics === undefined) throw new Error('it was begun');
  return { route, rollout, statistics };
};

const commit = ({ route, rollout, statistics }: Running) => {
  const change = rollBack(route, rollout, 'verdict', 'worse', { pairs: 0, failures: 0 }, occasion);
  const basis = { route, rollout, evidence: { kind: 'paired' as const, version: statistics.version } };
  return world.store.commit(deployed.tenant, deployed.model, basis, change);
};

const audited = async () => (await world.audit.page('acme', 1)).items[0]?.number;

describe('a change', () => {
  it('is stored where all that it was decided on still holds', async () => {
    expect(await commit(await running())).toBe(true);
  });

  it('is not stored on a route that has changed', async () => {
    const { tenant, model } = deployed;
    const before = await deployed.route();
    if (before === undefined) throw new Error('a version serves');
    const withPrevious = { ...before, previous: [servable(7)] };
    await deployed.deploy(await deployed.version(1, 'logistic'));
    const after = await deployed.route();
    const late = restorePrevious(withPrevious, 'late', occasion);
    expect(await world.store.commit(tenant, model, { route: before }, late)).toBe(false);
    expect(await deployed.route()).toEqual(after);
  });

  it('is not stored on a rollout that has changed', async () => {
    const read = await running();
    const { revision, attempt } = read.rollout;
    await world.store.save(deployed.tenant, deployed.model, {
      ...read.rollout,
      attempt: attempt + 1,
      revision: revision + 1,
    });
    expect(await commit(read)).toBe(false);
  });

  it('is not stored on evidence that has grown', async () => {
    const read = await running();
    const next = { ...read.statistics, cursor: 5, version: read.statistics.version + 1 };
    expect(await world.evidence.record(deployed.tenant, deployed.model, read.rollout.id, next, [])).toBe(true);
    expect(await commit(read)).toBe(false);
  });

  it('leaves nothing behind where it is not stored, the audit included', async () => {
    const read = await running();
    expect(await commit(read)).toBe(true);
    const number = await audited();
    expect(await commit(read)).toBe(false);
    expect(await audited()).toBe(number);
  });

  it('begins no second rollout on one route', async () => {
    const { tenant, model } = deployed;
    const route = await deployed.route();
    if (route === undefined) throw new Error('a version serves');
    const begin = (number: number) =>
      world.store.commit(tenant, model, { route }, beginRollout(route, newRecord(number), occasion));
    const stored = await Promise.all([begin(1), begin(2), begin(3)]);
    expect(stored.filter(Boolean)).toHaveLength(1);
  });
});

describe('evidence', () => {
  it('is recorded by one of those who read the same', async () => {
    const { rollout, statistics } = await running();
    const next = { ...statistics, cursor: 3, version: statistics.version + 1 };
    const record = () => world.evidence.record(deployed.tenant, deployed.model, rollout.id, next, []);
    expect([await record(), await record()]).toEqual([true, false]);
  });
});
