import { CloudWatchClient, DescribeAlarmsCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { expectAnswer } from '../../client/index.ts';
import { RolloutEnd } from '../../contracts/rollouts.ts';
import { RolloutStatus } from '../../contracts/statuses.ts';
import { alarmName } from '../../contracts/telemetry.ts';
import { clientOptions } from '../../local/aws-clients.ts';
import type { Fleet, FleetModel } from './fleet.ts';
import { until } from './until.ts';

/** What asks for a rollback. */
export const Cause = { Alarm: 'alarm', ByHand: 'by-hand' } as const;
export type Cause = (typeof Cause)[keyof typeof Cause];

/** One rollback: from what asked for it to the route without the challenger. */
export interface Measured {
  readonly cause: Cause;
  /** ms since 1970. */
  readonly from: number;
  readonly to: number;
  readonly milliseconds: number;
}

const ends = { [Cause.Alarm]: RolloutEnd.Alarm, [Cause.ByHand]: RolloutEnd.ByHand } as const;

/** Seconds in which a rollback that never comes is given up. */
const patience = 60;

/** The guard that watches for failures: with its action, and in no state that would have fired by itself. */
const guardOf = (rollout: string): string => alarmName(rollout, 'failing');

export type Measurement = ReturnType<typeof openMeasurement>;

export const openMeasurement = (fleet: Fleet) => {
  const { cloud, tenant } = fleet;
  const cloudWatch = new CloudWatchClient(clientOptions(cloud));

  const routeOf = async (model: string) =>
    expectAnswer(await tenant.operator.GET('/v1/models/{model}/current', { params: { path: { model } } }));

  /** Gives the challenger half of the requests, as a rollout with its alarms does. @returns the rollout */
  const challenge = async ({ name, challenger }: FleetModel): Promise<string> => {
    const params = { path: { model: name } };
    const body = { version: challenger, reason: 'to be rolled back' };
    const { id } = expectAnswer(await tenant.operator.POST('/v1/models/{model}/rollouts', { params, body }));
    await until(`${name} to give ${challenger} its share`, patience, async () =>
      (await routeOf(name)).weight > 0 ? true : undefined,
    );
    const { CompositeAlarms = [] } = await cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmNames: [guardOf(id)], AlarmTypes: ['CompositeAlarm'] }),
    );
    if (CompositeAlarms[0]?.AlarmActions?.length === 1) return id;
    throw new Error(`Expected ${guardOf(id)} to exist with one action, found ${CompositeAlarms.length} such alarms.`);
  };

  const ask: Readonly<Record<Cause, (model: string, rollout: string) => Promise<unknown>>> = {
    [Cause.Alarm]: (_, rollout) =>
      cloudWatch.send(
        new SetAlarmStateCommand({
          AlarmName: guardOf(rollout),
          StateValue: 'ALARM',
          StateReason: 'The bench lets it fire.',
        }),
      ),
    [Cause.ByHand]: async (model) =>
      expectAnswer(
        await tenant.operator.POST('/v1/models/{model}/rollback', {
          params: { path: { model } },
          body: { reason: 'the bench asks for it' },
        }),
      ),
  };

  /** Waits without a pause, so that what is measured is the rollback and not the pause. */
  const restored = async ({ name, champion }: FleetModel): Promise<void> => {
    const deadline = performance.now() + patience * 1000;
    for (;;) {
      const route = await routeOf(name);
      if (route.challenger === undefined && route.champion === champion && route.rollout === undefined) return;
      if (performance.now() > deadline) throw new Error(`Expected ${name} to be restored within ${patience} s.`);
    }
  };

  /** @throws Error where the rollback does not come, or comes from something else */
  const measure = async (model: FleetModel, rollout: string, cause: Cause): Promise<Measured> => {
    const from = Date.now();
    const started = performance.now();
    await ask[cause](model.name, rollout);
    await restored(model);
    const milliseconds = performance.now() - started;
    const path = { model: model.name, rollout };
    const ended = expectAnswer(
      await tenant.operator.GET('/v1/models/{model}/rollouts/{rollout}', { params: { path } }),
    );
    if (ended.status !== RolloutStatus.RolledBack || ended.end !== ends[cause]) {
      throw new Error(`Expected ${rollout} to be rolled back by ${cause}, found it ${ended.status} (${ended.end}).`);
    }
    return { cause, from, to: from + milliseconds, milliseconds };
  };
  return { challenge, measure, close: () => cloudWatch.destroy() };
};
