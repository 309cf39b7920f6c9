import { RegisterInput, RegisterOutput } from '../../contracts/workflows.ts';
import { openAuditTrail } from '../platform/audit.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { openTable } from '../platform/table.ts';
import { registerVersion } from './registry/register-version.ts';
import { openRegistry } from './store/registry.ts';

const config = readConfig('models/register-version');
const table = openTable(config.TABLE_NAME);
const dependencies = {
  registry: openRegistry(table),
  audit: openAuditTrail(table, systemClock),
  clock: systemClock,
};

/**
 * Task of the retrain machine after the gate: the version that the job trained, registered.
 *
 * @throws IntegrityError
 */
export const handler = async (event: unknown): Promise<RegisterOutput> =>
  RegisterOutput.parse(await registerVersion(dependencies, RegisterInput.parse(event)));
