import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import { platformTenant } from '../../contracts/identifiers.ts';
import type { Health } from '../../contracts/monitoring.ts';
import type { Table } from '../platform/table.ts';
import { logger } from '../platform/telemetry.ts';

/** Whether what every operation needs answers: the table. */
export const checkHealth = async ({ client, table }: Table, version: string): Promise<z.infer<typeof Health>> => {
  try {
    await client.send(
      new GetCommand({ TableName: table, Key: { pk: `tenant#${platformTenant}#health`, sk: 'health' } }),
    );
    return { status: 'ok', checks: { table: 'ok' }, version };
  } catch (error) {
    logger.error('the table does not answer', error as Error);
    return { status: 'degraded', checks: { table: 'failed' }, version };
  }
};
