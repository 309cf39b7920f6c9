import type { EventBridgeEvent } from 'aws-lambda';
import { AuditRecorded } from '../../contracts/events.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { openTable } from '../platform/table.ts';
import { logger } from '../platform/telemetry.ts';
import { announcementOf, concerns } from './domain/notice.ts';
import { openAnnouncer } from './notifications/announcer.ts';
import { openSubscriptionStore } from './notifications/subscription-store.ts';
import { openTrainingStore } from './store/training-store.ts';

const config = readConfig('training/announce-job');
const table = openTable(config.TABLE_NAME);
const store = openTrainingStore(table, systemClock);
const subscriptions = openSubscriptionStore(table);
const announce = openAnnouncer(config.NOTICE_TOPIC_ARN);

/** The audit says that a training began or ended: who asked to be told is told. */
export const handler = async ({ detail }: EventBridgeEvent<string, unknown>): Promise<void> => {
  const entry = AuditRecorded.parse(detail);
  const { tenant, model, subjectOfAction: job } = entry;
  if (model === undefined || job === undefined) return;
  const record = await store.job({ tenant, model, job });
  const announcement = record === undefined ? undefined : announcementOf(entry, record);
  if (announcement === undefined) return;
  const concerned = (await subscriptions.all(tenant)).filter(({ record: asked }) => concerns(announcement, asked));
  await announce(announcement, concerned);
  logger.info('announced', { tenant, model, job, event: announcement.event, subscriptions: concerned.length });
};
