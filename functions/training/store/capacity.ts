import { CustomAttributeType, Entity } from 'electrodb';
import { platformTenant } from '../../../contracts/identifiers.ts';
import type { InstanceType } from '../../../contracts/instances.ts';
import { isConditionFailure } from '../../platform/errors.ts';
import type { Table } from '../../platform/table.ts';
import { untilStored } from '../../platform/until-stored.ts';
import { admit, dismiss, type Lease } from '../domain/capacity.ts';

/** The leases of all types of instances; those of one type change on a condition, one after the other. */
export interface Capacity {
  leases(): Promise<Lease[]>;
  /** Takes a place for a run. @returns false where there is none */
  acquire(lease: Lease, limit: number): Promise<boolean>;
  /** Gives the place of a run back, if it has one. @param revision - of the newest lease that is given back. @default any */
  release(instanceType: InstanceType, run: string, revision?: number): Promise<void>;
}

const poolEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'training-capacity', version: '1', service: 'relearn' },
      attributes: {
        platform: { type: 'string', required: true },
        instanceType: { type: 'string', required: true },
        revision: { type: 'number', required: true },
        leases: { type: CustomAttributeType<Lease[]>('any'), required: true },
      },
      indexes: {
        byType: {
          pk: {
            field: 'pk',
            composite: ['platform'],
            template: 'tenant#${platform}#training-capacity',
            casing: 'none',
          },
          sk: { field: 'sk', composite: ['instanceType'], template: '${instanceType}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

interface Pool {
  readonly platform: string;
  readonly instanceType: InstanceType;
  readonly revision: number;
  readonly leases: Lease[];
}

export const openCapacity = (table: Table): Capacity => {
  const pools = poolEntity(table);
  const platform = platformTenant;

  /** @returns undefined where another writer came between */
  const write = async (item: Pool, revision: number | undefined): Promise<true | undefined> => {
    try {
      await (revision === undefined
        ? pools.create(item).go()
        : pools
            .put(item)
            .where((stored, { eq }) => eq(stored.revision, revision))
            .go());
      return true;
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
      return undefined;
    }
  };

  /**
   * @param change - gives the very leases that it was given where nothing changes, and undefined where it cannot
   * @returns whether it could
   */
  const changeLeases = (
    instanceType: InstanceType,
    change: (held: readonly Lease[]) => readonly Lease[] | undefined,
  ): Promise<boolean> =>
    untilStored(`the leases of ${instanceType}`, async () => {
      const { data } = await pools.get({ platform, instanceType }).go({ consistent: true });
      const held = data?.leases ?? [];
      const leases = change(held);
      if (leases === undefined || leases === held) return leases !== undefined;
      const revision = (data?.revision ?? 0) + 1;
      return write({ platform, instanceType, revision, leases: [...leases] }, data?.revision);
    });

  return {
    leases: async () => {
      const { data } = await pools.query.byType({ platform }).go({ consistent: true, pages: 'all' });
      return data.flatMap(({ leases }) => leases);
    },
    acquire: (lease, limit) => changeLeases(lease.instanceType, (held) => admit(held, lease, limit)),
    release: async (instanceType, run, revision) => {
      await changeLeases(instanceType, (held) => {
        const left = dismiss(held, run, revision);
        return left.length === held.length ? held : left;
      });
    },
  };
};
