import type { App } from 'aws-cdk-lib';
import * as z from 'zod';
import { TrainingLimits } from '../contracts/training-limits.ts';

const flag = z.union([z.boolean(), z.stringbool()]);
const list = z.union([z.array(z.string()), z.string().transform((text) => text.split(',').filter(Boolean))]);

/** What a deployment may choose, by `cdk deploy -c name=value` or in `cdk.json`. */
const Settings = z.object({
  /**
   * Whether users may sign in by sending their password, which scripts need.
   * @default false: by the Secure Remote Password protocol only, which sends none
   */
  passwordSignIn: flag.default(false),
  /**
   * Hours that an access token is valid.
   * @default 1
   */
  accessTokenHours: z.coerce.number().int().min(1).max(24).default(1),
  /**
   * Whether tables, buckets, keys and users outlive the stack and refuse to be deleted.
   * @default true
   */
  deletionProtection: flag.default(true),
  /**
   * Origins of web pages that may call the API, separated by commas.
   * @default none
   */
  corsOrigins: list.default([]),
  /**
   * Requests a second that the API takes in the long run; twice as many in a burst.
   * @default 100
   */
  requestsPerSecond: z.coerce.number().int().min(1).max(10_000).default(100),
  /**
   * Days for which an entry of the audit archive cannot be deleted.
   * @default 2192: the six years of 45 CFR 164.316(b)(2)(i)
   */
  auditRetentionDays: z.coerce.number().int().min(1).max(36_500).default(2192),
  /**
   * `governance`: an administrator with s3:BypassGovernanceRetention may still delete. `compliance`: nobody may.
   * @default governance
   */
  auditLock: z.enum(['governance', 'compliance']).default('governance'),
  /**
   * Addresses and telephone numbers that are told of every tenant's trainings, separated by commas.
   * @default none: tenants subscribe by the API
   */
  noticeEmails: list.default([]),
  noticePhones: list.default([]),
  /**
   * Image of the training container.
   * @default the one of this code version in the stack's own repository
   */
  trainingImageUri: z.string().min(1).optional(),
  /**
   * Image of the training container for machines with a graphics card.
   * @default the one of this code version in the stack's own repository, whose tag ends in `-gpu`
   */
  trainingGpuImageUri: z.string().min(1).optional(),
  /**
   * How many trainings may run at a time on machines of each type, over all tenants, as `default=4,ml.g5.xlarge=1`:
   * no more than the account's service quotas allow.
   * @default 4 of each type
   */
  trainingLimits: z
    .string()
    .default('default=4')
    .refine((text) => TrainingLimits.safeParse(text).success, {
      error: 'expected types of instances, or default, each with a whole number, as default=4,ml.g5.xlarge=1',
    }),
  /**
   * A source of job-state events besides `aws.sagemaker`, for a training service other than SageMaker's own.
   * @default none
   */
  jobStateEventSource: z.string().min(1).optional(),
});
export type Settings = z.infer<typeof Settings>;

/**
 * Reads the settings from the app's context.
 *
 * @throws Error naming every setting that does not fit
 */
export const readSettings = (app: App): Settings => {
  const given = Object.keys(Settings.shape).map((name) => [name, app.node.tryGetContext(name)]);
  const parsed = Settings.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    throw new Error(`The context does not fit; see infra/settings.ts:\n${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
};
