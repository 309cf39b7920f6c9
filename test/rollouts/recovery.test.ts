import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { judgeRollout } from '../../functions/rollouts/operations/judge-rollout.ts';
import { rollBackByHand } from '../../functions/rollouts/operations/roll-back.ts';
import { openAlarmRollback } from '../../functions/rollouts/operations/roll-back-by-alarm.ts';
import { type Fault, type Faults, isCrash, layFaults } from '../support/faults.ts';
import { cases, type Deployed, noHoldback, startWorld, type World } from './world.ts';

let world: World;
let faults: Faults;
beforeAll(async () => {
  world = await startWorld();
  faults = layFaults(world.table.client);
}, 120_000);
afterAll(() => world.services.dispose());

interface Scene {
  readonly deployed: Deployed;
  readonly id: string;
}

/** A rollout in its last stage, with the cases that decide it sealed and not yet scored. */
const inLastStage = async (fixture: 'logistic' | 'nan'): Promise<Scene> => {
  const deployed = await world.begin({
    margin: 0.2,
    minimumPairs: 40,
    holdback: noHoldback,
    stages: [{ name: 'canary', weight: 20, minimumSeconds: 0, minimumPairs: 20 }],
  });
  const { id } = await deployed.deploy(await deployed.version(1, fixture), true);
  await world.cloudWatch.make(id);
  await world.cloudWatch.see(id, [0]);
  await judgeRollout(world, { tenant: deployed.tenant, model: deployed.model, rollout: id });
  await deployed.seal(cases(100));
  return { deployed, id };
};

const judge = ({ deployed: { tenant, model }, id }: Scene) => judgeRollout(world, { tenant, model, rollout: id });
const alarm = ({ id }: Scene) =>
  openAlarmRollback(world)(JSON.stringify({ AlarmName: `relearn-${id}-failing`, NewStateValue: 'ALARM' }));
const byHand = ({ deployed: { tenant, model } }: Scene) =>
  rollBackByHand(world, { tenant, model, actor: 'operator:user-1', reason: 'to see', from: 'v1.1.0' });

/** What can be seen of the model from outside. */
const seen = async ({ deployed, id }: Scene) => {
  const [route, rollout, { items }, ...statuses] = await Promise.all([
    deployed.route(),
    world.store.rollout(deployed.tenant, deployed.model, id),
    world.audit.page(deployed.tenant, 100),
    deployed.statusOf('v1.0.0'),
    deployed.statusOf('v1.1.0'),
  ]);
  return {
    champion: route?.champion.version,
    challenger: route?.challenger,
    weight: route?.weight,
    previous: route?.previous.map(({ version }) => version),
    status: rollout?.status,
    end: rollout?.end,
    pairs: rollout?.pairs,
    statuses,
    audit: items.filter(({ subjectOfAction }) => subjectOfAction === id).map(({ action }) => action),
  };
};

const promoted = {
  champion: 'v1.1.0',
  challenger: undefined,
  weight: 0,
  previous: ['v1.0.0'],
  status: 'promoted',
  end: 'verdict',
  pairs: 100,
  statuses: ['retired', 'champion'],
  audit: ['rollout-ended', 'stage-entered', 'rollout-started'],
};
const restored = (end: string, pairs: number) => ({
  champion: 'v1.0.0',
  challenger: undefined,
  weight: 0,
  previous: [],
  status: 'rolled-back',
  end,
  pairs,
  statuses: ['champion', 'rolled-back'],
  audit: ['rolled-back', 'stage-entered', 'rollout-started'],
});

describe.each<[string, 'logistic' | 'nan', (scene: Scene) => Promise<unknown>, object]>([
  ['a promotion', 'logistic', judge, promoted],
  ['a rollback by verdict', 'nan', judge, restored('verdict', 100)],
  ['a rollback by alarm', 'nan', alarm, restored('alarm', 0)],
  ['a rollback by hand', 'nan', byHand, restored('by-hand', 0)],
])('%s', (_, fixture, act, expected) => {
  it('comes to the same end after a crash before or after any call of the table', async () => {
    const whole = await inLastStage(fixture);
    faults.arm(0, 'before');
    await act(whole);
    const calls = faults.calls();
    expect(await seen(whole)).toEqual(expected);
    expect(calls).toBeGreaterThan(4);

    for (const fault of ['before', 'after'] satisfies Fault[]) {
      for (let call = 1; call <= calls; call += 1) {
        const scene = await inLastStage(fixture);
        faults.arm(call, fault);
        const outcome = await act(scene).catch((error: unknown) => error);
        expect({ fault, call, crashed: isCrash(outcome) }).toEqual({ fault, call, crashed: true });
        faults.arm(0, 'before');
        await act(scene);
        expect({ fault, call, ...(await seen(scene)) }).toEqual({ fault, call, ...expected });
      }
    }
  }, 60_000);
});
