import { CustomAttributeType, Entity } from 'electrodb';
import { partition, type Table } from '../../platform/table.ts';

/**
 * The head of a model's ledger, which the cases slice writes: as much of it as the registry needs. Each commit of cases
 * moves its revision, so a condition on the revision holds exactly while no case was accepted since.
 */
export const ledgerEntity = (table: Table) =>
  new Entity(
    {
      model: { entity: 'ledger', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        model: { type: 'string', required: true },
        revision: { type: 'number', required: true },
        head: { type: CustomAttributeType<{ readonly accepted: number }>('any'), required: true },
      },
      indexes: {
        ofModel: { pk: partition.ofModel, sk: { field: 'sk', composite: [], template: 'ledger', casing: 'none' } },
      },
    },
    { client: table.client, table: table.table },
  );

/** How far a model's ledger has come. Revision 0: no case was decided yet. */
export interface LedgerRevision {
  readonly revision: number;
  readonly accepted: number;
}
