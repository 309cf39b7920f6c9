/** I11: whatever was left standing, the platform comes to rest without help. */
import { isFinishedRollout } from '../../contracts/statuses.ts';
import { rolloutOfAlarm } from '../../contracts/telemetry.ts';
import type { RolloutRecord } from '../../functions/rollouts/domain/record.ts';
import { advance, drive, smooth } from './drive.ts';
import { ViolationError } from './monitor/invariant.ts';
import { Rule } from './monitor/rules.ts';
import type { Sequence } from './sequence.ts';

/** The reconciliation runs every minute. */
const minute = 60_000;
/** Minutes after which a rollout of the longest policy must have ended and been closed. */
const patience = 60;

const expectRest = ({ functions, cloud }: Sequence, rollouts: readonly RolloutRecord[]): void => {
  const running = rollouts.find(({ status, open }) => !isFinishedRollout(status) || open);
  const left = [
    running === undefined ? undefined : `${running.id} is ${running.status}, open: ${running.open}`,
    ...cloud.cloudWatch.names.map((name) => `the alarm ${name} is left`),
    ...functions.executions.running.map(({ name }) => `${name} runs on`),
  ].find((text) => text !== undefined);
  if (left !== undefined) throw new ViolationError([Rule.Recovery, left]);
};

/** The topic delivers what alarms say, from the message of this number on. @returns the number of the next */
const deliver = async ({ cloud, functions }: Sequence, from: number): Promise<number> => {
  for (const message of cloud.messages.slice(from)) {
    const { AlarmName } = JSON.parse(message) as { AlarmName: string };
    await drive(cloud, functions.onAlarm(message, rolloutOfAlarm(AlarmName)), smooth);
  }
  return cloud.messages.length;
};

/**
 * Every process that runs is ended where it stands. Then only what the platform does by itself goes on: its schedule,
 * its state machines, the alarms' topic.
 */
export const recover = async (sequence: Sequence): Promise<void> => {
  const { cloud, functions } = sequence;
  cloud.strays.length = 0;
  for (const { task } of functions.executions.running) if (task !== undefined) cloud.scheduler.kill(task);
  await cloud.scheduler.settle();
  let delivered = cloud.messages.length;
  for (let count = 0; count < patience; count += 1) {
    const isOpen = sequence.rollouts().some(({ rollout }) => rollout.open) || functions.executions.running.length > 0;
    if (!isOpen) break;
    cloud.pass(minute);
    await drive(cloud, functions.reconcile(), smooth);
    for (const execution of functions.executions.running) {
      if ((execution.wakesAt ?? 0) <= cloud.now()) await advance(cloud, execution, smooth);
    }
    delivered = await deliver(sequence, delivered);
    sequence.assertUnbroken();
  }
  expectRest(
    sequence,
    sequence.rollouts().map(({ rollout }) => rollout),
  );
};
