import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { NotFoundException, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { trainingSource } from '../../../contracts/events.ts';
import { logger } from '../../platform/telemetry.ts';
import { type Announcement, letterOf, shortMessage, subjectLine } from '../domain/notice.ts';
import type { StoredSubscription } from './subscription-store.ts';

/**
 * Tells whoever listens: programs on the default bus, persons by mail or SMS.
 *
 * @throws AggregateError where some could not be told, after all were tried
 */
export type Announce = (announcement: Announcement, subscriptions: readonly StoredSubscription[]) => Promise<void>;

const text = (StringValue: string) => ({ DataType: 'String', StringValue });

/** @param topicArn - of the platform's own listeners, who are told of every tenant */
export const openAnnouncer = (
  topicArn: string,
  events = new EventBridgeClient({}),
  topics = new SNSClient({}),
): Announce => {
  const putEvent = async ({ event, notice }: Announcement): Promise<void> => {
    const entry = { Source: trainingSource, DetailType: event, Detail: JSON.stringify(notice) };
    const { Entries = [] } = await events.send(new PutEventsCommand({ Entries: [entry] }));
    const refused = Entries.find(({ ErrorCode }) => ErrorCode !== undefined);
    if (refused !== undefined) throw new Error(`The bus took no ${event}: ${refused.ErrorCode}. Try again.`);
  };
  const publish = async (announcement: Announcement, TopicArn: string): Promise<void> => {
    const letter = letterOf(announcement);
    await topics.send(
      new PublishCommand({
        TopicArn,
        Subject: subjectLine(announcement),
        MessageStructure: 'json',
        Message: JSON.stringify({ default: letter, email: letter, sms: shortMessage(announcement) }),
        // By these who operates the platform may filter further subscriptions of its topic.
        MessageAttributes: {
          tenant: text(announcement.notice.tenant),
          model: text(announcement.notice.model),
          event: text(announcement.event),
        },
      }),
    );
  };
  const tell = async (announcement: Announcement, { topic, record: { id } }: StoredSubscription): Promise<void> => {
    await publish(announcement, topic).catch((error: unknown) => {
      if (!(error instanceof NotFoundException)) throw error;
      // Ended in this moment, or deleted by hand: trying again would find it no more than now.
      logger.warn('a subscription has no topic', { tenant: announcement.notice.tenant, subscription: id });
    });
  };
  return async (announcement, subscriptions) => {
    const told = await Promise.allSettled([
      putEvent(announcement),
      publish(announcement, topicArn),
      ...subscriptions.map((subscription) => tell(announcement, subscription)),
    ]);
    const faults = told.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    if (faults.length === 0) return;
    const what = faults.map((fault) => (fault instanceof Error ? fault.message : String(fault))).join(' ');
    throw new AggregateError(
      faults,
      `Expected ${told.length} to be told, ${faults.length} were not: ${what} Try again.`,
    );
  };
};
