import * as z from 'zod';
import { objectKeys } from '../../../contracts/keys.ts';
import type { Servable } from '../../../contracts/route-item.ts';
import { Sidecar } from '../../../contracts/versions.ts';
import type { ObjectStore } from '../../platform/object-store.ts';
import { Explainer } from './explainer.ts';

/** What is read of a version's `model.json`. */
const Described = z.object({ background: Sidecar.shape.background });

/** Explainers in memory, by tenant and digest; what was used longest ago leaves first. */
export interface Explainers {
  /** @returns undefined where nothing is known of what the version's fields are in general */
  load(tenant: string, servable: Servable): Promise<Explainer | undefined>;
}

/** One of a model with hundreds of fields takes some megabytes. */
const maximumKept = 8;

/** Of the artifact, so that a version always explains alike. */
const seedOf = ({ digest }: Servable): number => Number.parseInt(digest.slice(0, 8), 16);

export const openExplainers = (objects: Pick<ObjectStore, 'read'>): Explainers => {
  const kept = new Map<string, Explainer>();
  const make = async (key: string, servable: Servable): Promise<Explainer | undefined> => {
    const content = await objects.read(key);
    if (content === undefined) return undefined;
    const { background } = Described.parse(JSON.parse(new TextDecoder().decode(content)));
    return background === undefined ? undefined : new Explainer(servable.signature, background, seedOf(servable));
  };
  return {
    load: async (tenant, servable) => {
      const key = objectKeys.sidecar(tenant, servable.digest);
      const explainer = kept.get(key) ?? (await make(key, servable));
      if (explainer === undefined) return undefined;
      kept.delete(key);
      kept.set(key, explainer);
      const [oldest] = kept.keys();
      if (kept.size > maximumKept && oldest !== undefined) kept.delete(oldest);
      return explainer;
    },
  };
};
