import * as z from 'zod';

/** Crockford base 32, 26 characters: 48 bits of time, 80 of chance. */
const ulid = '[0-9A-HJKMNP-TV-Z]{26}';

const prefixed = (prefix: string, what: string) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}_${ulid}$`), `expected ${what}, such as ${prefix}_01J9Z3…`)
    .meta({ description: `${what}, a ULID with the prefix ${prefix}_` });

/** The delimiter of keys, `#`, and of object prefixes, `/`, are outside both alphabets: no name can reach into another tenant's keys. */
export const TenantName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,38}$/, 'expected 2 to 39 characters a-z, 0-9 and -, beginning with a letter')
  .meta({ description: 'an organisation' });

export const ModelName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,62}$/, 'expected 2 to 63 characters a-z, 0-9 and -, beginning with a letter')
  .meta({ description: 'a model of the tenant', example: 'diagnosis' });

export const VersionName = z
  .string()
  .regex(/^v(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})$/, 'expected a version, such as v1.4.0')
  .meta({ description: 'a version of a model', example: 'v1.4.0' });

export const CaseId = prefixed('case', 'a case');
export const JobId = prefixed('job', 'a training job');
export const RolloutId = prefixed('rol', 'a rollout');
export const CollectionId = prefixed('col', 'a collection');
export const EvaluationId = prefixed('evl', 'an evaluation');
export const SubscriptionId = prefixed('sbn', 'a subscription');

export const DatasetId = z
  .string()
  .regex(/^ds_[0-9a-f]{64}$/, 'expected a dataset, ds_ and the 64 hexadecimal digits of its hash')
  .meta({ description: 'a dataset: the SHA-256 of its manifest' });

export const Digest = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'expected the 64 hexadecimal digits of a SHA-256')
  .meta({ description: 'SHA-256 of the content, hexadecimal' });

export const Timestamp = z.iso.datetime().meta({ description: 'ISO 8601, UTC' });

/** The tenant to which the platform's own entries belong; no token can carry it. */
export const platformTenant = 'relearn';
