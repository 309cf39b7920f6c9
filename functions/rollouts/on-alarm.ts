import type { SNSEvent } from 'aws-lambda';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { openTable } from '../platform/table.ts';
import { openAlarmRollback } from './operations/roll-back-by-alarm.ts';
import { openDeploymentStore } from './store/deployment-store.ts';
import { openEvidenceStores } from './store/evidence-items.ts';

const config = readConfig('rollouts/on-alarm');
const table = openTable(config.TABLE_NAME);
const rollBackByAlarm = openAlarmRollback({
  store: openDeploymentStore(table, systemClock),
  ...openEvidenceStores(table),
  clock: systemClock,
});

/**
 * An alarm changed its state. SNS gives one message a call.
 *
 * @throws where a rollback failed; Lambda calls again
 */
export const handler = async ({ Records }: SNSEvent): Promise<void> => {
  for (const { Sns } of Records) await rollBackByAlarm(Sns.Message);
};
