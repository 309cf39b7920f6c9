import { objectKeys } from '../../../contracts/keys.ts';
import { VersionStatus } from '../../../contracts/statuses.ts';
import type { Versions } from '../../models/index.ts';
import type { ObjectStore } from '../../platform/object-store.ts';

/** Versions that are looked through for the one that serves. */
const searched = 50;

/**
 * Where the `model.json` of the version that serves lies; undefined where none serves, or an earlier release registered
 * it without keeping that.
 */
export type WarmStart = (tenant: string, model: string) => Promise<string | undefined>;

export const openWarmStart =
  (versions: Pick<Versions, 'list'>, objects: Pick<ObjectStore, 'read'>): WarmStart =>
  async (tenant, model) => {
    const champion = (await versions.list(tenant, model, searched)).find(
      ({ status }) => status === VersionStatus.Champion,
    );
    if (champion === undefined) return undefined;
    const key = objectKeys.sidecar(tenant, champion.artifact.digest);
    return (await objects.read(key)) === undefined ? undefined : key;
  };
