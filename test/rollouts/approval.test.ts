import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Rollout } from '../../contracts/rollouts.ts';
import { rollouts as routes } from '../../contracts/routes/index.ts';
import { type Clock, systemClock } from '../../functions/platform/clock.ts';
import { openAlarmRollback } from '../../functions/rollouts/operations/roll-back-by-alarm.ts';
import { callApi } from '../support/call-api.ts';
import { openClock } from './live-outcomes.ts';
import { createWaitingMachine } from './machines.ts';
import { rolloutId } from './specimens.ts';
import { cases, quickRollout, rollOut, startWorld, type World } from './world.ts';

let world: World;
let handler: Parameters<typeof callApi>[0];

beforeAll(async () => {
  world = await startWorld();
  const { tableName, bucketName } = world.services;
  const ROLLOUT_MACHINE_ARN = await createWaitingMachine();
  Object.assign(process.env, { TABLE_NAME: tableName, BUCKET_NAME: bucketName, ROLLOUT_MACHINE_ARN });
  ({ handler } = await import('../../functions/rollouts/api.ts'));
}, 120_000);
afterAll(() => world.services.dispose());

const hour = 3600;

/** A rollout whose verdict is to promote, and that waits an hour for an operator to say yes. */
const asked = async ({
  clock = systemClock,
  toTheQuestion = true,
}: {
  clock?: Clock;
  toTheQuestion?: boolean;
} = {}) => {
  const deployed = await world.begin({ ...quickRollout, approval: { expiresSeconds: hour } });
  const { tenant, model } = deployed;
  const { id, judge } = await rollOut(world, deployed, await deployed.version(1, 'logistic'), { clock });
  await judge();
  if (toTheQuestion) {
    for (let round = 0; round < 4; round += 1) {
      await deployed.seal(cases(50, 50 * round));
      await judge();
    }
  }
  const path = { model, rollout: id };
  return {
    deployed,
    id,
    judge,
    shown: async () => Rollout.parse((await callApi(handler, routes.getRollout, { path })).json),
    answer: (approve: boolean, given: { role?: string; tenant?: string; rollout?: string } = {}) =>
      callApi(handler, routes.postApproval, {
        path: { ...path, rollout: given.rollout ?? id },
        role: given.role ?? 'operator',
        tenant: given.tenant ?? 'acme',
        body: { approve, reason: 'we looked at it' },
      }),
    audited: async () => {
      const { items } = await world.audit.page(tenant, 100);
      return items.filter(({ subjectOfAction }) => subjectOfAction === id).reverse();
    },
  };
};

const problem = ({ status, json }: { status: number; json: { type?: string } }) => [
  status,
  json.type?.replace('urn:relearn:problem:', ''),
];

describe('a rollout whose policy asks for approval', () => {
  it('waits once everything else is shown, and says for whom and until when', async () => {
    const { deployed, judge, shown } = await asked();
    expect((await judge()).status).toBe('running');
    const { approval, waitsFor, verdict, stage } = await shown();
    expect(verdict?.verdict).toBe('promote');
    expect(stage).toBe('canary');
    expect(waitsFor).toBe(`an operator is to approve or decline until ${approval?.expiresAt}`);
    expect(await deployed.route()).toMatchObject({ champion: { version: 'v1.0.0' }, weight: 2000 });
  });

  it('is promoted with the judgement after a yes, and the audit says whose it was', async () => {
    const { deployed, judge, answer, audited } = await asked();
    const { status, json } = await answer(true);
    expect(status).toBe(200);
    expect(Rollout.parse(json)).toMatchObject({
      status: 'running',
      approval: { approved: true, actor: 'operator:user-1', reason: 'we looked at it' },
    });
    expect(await judge()).toMatchObject({ status: 'promoted' });
    expect((await deployed.route())?.champion.version).toBe('v1.1.0');
    const entries = (await audited()).slice(-3);
    expect(entries.map(({ action, actor }) => [action, actor])).toEqual([
      ['approval-requested', 'rollouts:judge'],
      ['rollout-approved', 'operator:user-1'],
      ['rollout-ended', 'rollouts:judge'],
    ]);
  });

  it('ends at once with a no, keeps the champion, and says who declined', async () => {
    const { deployed, answer, audited } = await asked();
    const { json } = await answer(false);
    expect(json).toMatchObject({ status: 'expired', end: 'declined', approval: { approved: false } });
    expect(json.endReason).toBe('Declined by operator:user-1: we looked at it');
    expect(await deployed.route()).toMatchObject({ champion: { version: 'v1.0.0' }, weight: 0 });
    expect(await deployed.statusOf('v1.1.0')).toBe('staging');
    expect((await audited()).slice(-2).map(({ action, actor }) => [action, actor])).toEqual([
      ['rollout-declined', 'operator:user-1'],
      ['rollout-ended', 'operator:user-1'],
    ]);
  });

  it('expires where nobody answers in time, and the reason says so', async () => {
    // The API goes by the system's clock, so the question is put two hours ago.
    const clock = openClock(Date.now() - 2 * hour * 1000);
    const { judge, answer, shown } = await asked({ clock });
    clock.pass(hour - 1);
    expect(await judge()).toMatchObject({ status: 'running' });
    clock.pass(hour + 1);
    expect(problem(await answer(true))).toEqual([409, 'approval-expired']);
    expect(await judge()).toMatchObject({ status: 'expired' });
    expect(await shown()).toMatchObject({
      end: 'expired',
      endReason: expect.stringContaining('nobody approved or declined'),
    });
    expect(problem(await answer(true))).toEqual([409, 'approval-expired']);
  });

  it('is rolled back by an alarm while it waits', async () => {
    const { id, answer } = await asked();
    const message = JSON.stringify({ AlarmName: `relearn-${id}-failing`, NewStateValue: 'ALARM' });
    expect(await openAlarmRollback(world)(message)).toBe('rolled-back');
    expect(problem(await answer(true))).toEqual([409, 'rollout-ended']);
  });
});

describe('an answer is refused', () => {
  it('that is given twice, also after the promotion', async () => {
    const { judge, answer } = await asked();
    await answer(true);
    expect(problem(await answer(false))).toEqual([409, 'approval-decided']);
    await judge();
    expect(problem(await answer(true))).toEqual([409, 'approval-decided']);
  });

  it('of which only one of many at the same time is taken', async () => {
    const { answer } = await asked();
    const answers = await Promise.all([true, false, true, false].map((approve) => answer(approve)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const refused of answers.filter(({ status }) => status !== 200)) {
      expect(problem(refused)).toEqual([409, 'approval-decided']);
    }
  });

  it('that nobody asked for', async () => {
    const { answer } = await asked({ toTheQuestion: false });
    expect(problem(await answer(true))).toEqual([409, 'approval-not-awaited']);
  });

  it('by the wrong role, of another tenant, and for a rollout that never was', async () => {
    const { answer, shown } = await asked();
    for (const role of ['app', 'expert']) expect(problem(await answer(true, { role }))).toEqual([403, 'forbidden']);
    expect(problem(await answer(true, { tenant: 'globex' }))).toEqual([404, 'not-found']);
    expect(problem(await answer(true, { rollout: rolloutId(9) }))).toEqual([404, 'not-found']);
    expect((await shown()).approval?.decidedAt).toBeUndefined();
  });
});
