import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { trainingSource } from '../../../contracts/events.ts';
import { type Announcement, letterOf, shortMessage, subjectLine } from '../domain/notice.ts';

/** Tells whoever listens: programs on the default bus, persons by mail or SMS. */
export type Announce = (announcement: Announcement) => Promise<void>;

const text = (StringValue: string) => ({ DataType: 'String', StringValue });

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
  const publish = async (announcement: Announcement): Promise<void> => {
    const letter = letterOf(announcement);
    await topics.send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: subjectLine(announcement),
        MessageStructure: 'json',
        Message: JSON.stringify({ default: letter, email: letter, sms: shortMessage(announcement) }),
        // By these SNS chooses who is told: a subscription names its tenant, which no caller chooses.
        MessageAttributes: {
          tenant: text(announcement.notice.tenant),
          model: text(announcement.notice.model),
          event: text(announcement.event),
        },
      }),
    );
  };
  return async (announcement) => {
    await putEvent(announcement);
    await publish(announcement);
  };
};
