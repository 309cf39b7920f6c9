import * as z from 'zod';
import { TrainingEvent } from './events.ts';
import { ModelName, SubscriptionId, Timestamp } from './identifiers.ts';

/** How a person is told. */
export const NoticeProtocol = { Email: 'email', Sms: 'sms' } as const;
export type NoticeProtocol = (typeof NoticeProtocol)[keyof typeof NoticeProtocol];

const isDistinct = (names: readonly string[]): boolean => new Set(names).size === names.length;

const models = z
  .array(ModelName)
  .min(1)
  .max(20)
  .refine(isDistinct, 'expected each model once')
  .optional()
  .meta({ description: 'default: all of the tenant' });
const events = z
  .array(z.enum(TrainingEvent))
  .min(1)
  .refine(isDistinct, 'expected each event once')
  .optional()
  .meta({ description: 'default: all' });

export const NewSubscription = z
  .discriminatedUnion('protocol', [
    z.strictObject({ protocol: z.literal(NoticeProtocol.Email), address: z.email().max(254), models, events }),
    z.strictObject({
      protocol: z.literal(NoticeProtocol.Sms),
      address: z.string().regex(/^\+[1-9]\d{6,14}$/, 'expected a number with its country, such as +4915112345678'),
      models,
      events,
    }),
  ])
  .meta({ id: 'NewSubscription' });
export type NewSubscription = z.infer<typeof NewSubscription>;

/** The address itself is kept by SNS alone. */
export const Subscription = z
  .strictObject({
    id: SubscriptionId,
    protocol: z.enum(NoticeProtocol),
    address: z.string().meta({ description: 'masked' }),
    models: z.array(ModelName).optional(),
    events: z.array(z.enum(TrainingEvent)).optional(),
    createdAt: Timestamp,
  })
  .meta({ id: 'Subscription' });
export type Subscription = z.infer<typeof Subscription>;
