import * as z from 'zod';
import { Digest, RolloutId, Timestamp, VersionName } from './identifiers.ts';
import { Signature } from './versions.ts';
import { wholeWeight } from './weight.ts';

export { wholeWeight };

/** A version that can be served: what the predict function needs to load and to verify it. */
export const Servable = z.strictObject({
  version: VersionName,
  digest: Digest,
  bytes: z.int(),
  signature: Signature,
  cut: z.int().meta({ description: 'last ledger segment of its dataset' }),
});
export type Servable = z.infer<typeof Servable>;

/** How many champions before the present one stay servable at once. */
export const keptChampions = 3;

/** A further version of a bandit, and its share of requests in basis points. */
export const Rival = z.strictObject({ servable: Servable, weight: z.int().min(0).max(wholeWeight) });
export type Rival = z.infer<typeof Rival>;

/** Versions that one bandit may compare, the champion included. */
export const maximumVersions = 4;

/** The one item that decides what serves a model. Written by the rollouts slice alone, by a condition on `revision`. */
export const Route = z
  .strictObject({
    champion: Servable,
    challenger: Servable.optional(),
    weight: z.int().min(0).max(wholeWeight),
    rivals: z
      .array(Rival)
      .max(maximumVersions - 2)
      .optional()
      .meta({ description: 'of a bandit; their places in the split follow those of the challenger' }),
    slowMilliseconds: z.number().optional().meta({ description: 'of the rollout that runs' }),
    timeoutMilliseconds: z.number().optional().meta({ description: 'of the rollout that runs' }),
    stage: z.string().optional(),
    rollout: RolloutId.optional(),
    salt: z.string(),
    revision: z.int().min(1),
    previous: z.array(Servable).max(keptChampions),
    updatedAt: Timestamp,
  })
  .refine(
    (route) => (route.challenger === undefined) === (route.rollout === undefined),
    'expected a challenger exactly while a rollout runs',
  )
  .refine((route) => route.weight === 0 || route.challenger !== undefined, 'expected no weight without a challenger')
  .refine(
    ({ rivals = [], challenger }) => rivals.length === 0 || challenger !== undefined,
    'expected no rivals without a challenger',
  )
  .refine(
    ({ weight, rivals = [] }) => rivals.reduce((sum, rival) => sum + rival.weight, weight) <= wholeWeight,
    'expected weights of at most 10,000 basis points together',
  );
export type Route = z.infer<typeof Route>;
