import { CustomAttributeType, Entity } from 'electrodb';
import type { Servable } from '../../../contracts/route-item.ts';
import { mayBecome, type VersionStatus, versionTransitions } from '../../../contracts/statuses.ts';
import { Version } from '../../../contracts/versions.ts';
import { ConflictError, isConditionFailure } from '../../platform/errors.ts';
import { partition, type Table } from '../../platform/table.ts';

/** `status` and `rollout` change in a version's life and stand beside it; everything else is written once. */
export const versionEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'version', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        model: { type: 'string', required: true },
        order: { type: 'string', required: true },
        status: { type: CustomAttributeType<VersionStatus>('string'), required: true },
        rollout: { type: 'string' },
        record: { type: CustomAttributeType<Omit<Version, 'status' | 'rollout'>>('any'), required: true },
      },
      indexes: {
        byOrder: {
          pk: partition.ofModel,
          sk: { field: 'sk', composite: ['order'], template: 'version#${order}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

/** Sorts as versions do: `v1.4.0` becomes `000001.000004.000000`. */
export const orderOf = (version: string): string =>
  version
    .slice(1)
    .split('.')
    .map((part) => part.padStart(6, '0'))
    .join('.');

/** What serving needs of a version. */
export const toServable = ({ version, artifact, signature, lineage }: Version): Servable => ({
  version,
  digest: artifact.digest,
  bytes: artifact.bytes,
  signature,
  cut: lineage.cut,
});

/** The versions of models: written once, but for their status. */
export interface Versions {
  get(tenant: string, model: string, version: string): Promise<Version | undefined>;
  /** @returns versions, the newest first, older than the one given */
  list(tenant: string, model: string, limit: number, before?: string): Promise<Version[]>;
  /**
   * Moves a version to a status; idempotent.
   *
   * @param rollout - that moves it, kept with the version
   * @throws ConflictError where there is no such version, or its status does not allow the move
   */
  move(tenant: string, model: string, version: string, to: VersionStatus, rollout?: string): Promise<void>;
}

type Item = { status: VersionStatus; rollout?: string | undefined; record: Omit<Version, 'status' | 'rollout'> };

const versionOf = ({ status, rollout, record }: Item): Version =>
  Version.parse({ ...record, status, ...(rollout === undefined ? {} : { rollout }) });

/** Another writer may come between reading and writing; after so many times something is wrong. */
const attempts = 5;

export const openVersions = (table: Table): Versions => {
  const versions = versionEntity(table);
  const get: Versions['get'] = async (tenant, model, version) => {
    const { data } = await versions.get({ tenant, model, order: orderOf(version) }).go({ consistent: true });
    return data === null ? undefined : versionOf(data);
  };
  /** @returns false where another writer came between */
  const tryMove = async (...[tenant, model, version, to, rollout]: Parameters<Versions['move']>): Promise<boolean> => {
    const present = await get(tenant, model, version);
    if (present === undefined) throw new ConflictError(`Expected a version ${version} of ${model}, found none.`);
    if (present.status === to) return true;
    if (!mayBecome(versionTransitions, present.status, to)) {
      throw new ConflictError(
        `Expected a status from which ${version} may become ${to}, found ${present.status}. Read it again.`,
      );
    }
    try {
      await versions
        .patch({ tenant, model, order: orderOf(version) })
        .set({ status: to, ...(rollout === undefined ? {} : { rollout }) })
        .where(({ status }, { eq }) => eq(status, present.status))
        .go();
      return true;
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
      return false;
    }
  };
  return {
    get,
    list: async (tenant, model, limit, before) => {
      const query = versions.query.byOrder({ tenant, model });
      const { data } = await (before === undefined ? query : query.lt({ order: orderOf(before) })).go({
        limit,
        order: 'desc',
        consistent: true,
      });
      return data.map(versionOf);
    },
    move: async (...given) => {
      for (let attempt = 0; attempt < attempts; attempt += 1) if (await tryMove(...given)) return;
      throw new ConflictError(`The status of ${given[2]} changed ${attempts} times in a row; the caller tries again.`);
    },
  };
};
