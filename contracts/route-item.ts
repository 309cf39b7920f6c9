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

/** The one item that decides what serves a model. Written by the rollouts slice alone, by a condition on `revision`. */
export const Route = z
  .strictObject({
    champion: Servable,
    challenger: Servable.optional(),
    weight: z.int().min(0).max(wholeWeight),
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
  .refine((route) => route.weight === 0 || route.challenger !== undefined, 'expected no weight without a challenger');
export type Route = z.infer<typeof Route>;
