/** The real stores, opened once on the table of whichever sequence runs. */

import { openOutcomeSums, openPredictionCounts } from '../../../functions/inference/index.ts';
import { openModels, openVersions, versionEntity } from '../../../functions/models/index.ts';
import { openAuditTrail } from '../../../functions/platform/audit.ts';
import type { Clock } from '../../../functions/platform/clock.ts';
import type { Table } from '../../../functions/platform/table.ts';
import { openDeploymentStore } from '../../../functions/rollouts/store/deployment-store.ts';
import { openEvidenceStores } from '../../../functions/rollouts/store/evidence-items.ts';
import type { Command } from '../dynamodb/memory-table.ts';
import { present } from './present.ts';

export const clock: Clock = { now: () => present().now() };

const table: Table = {
  client: { send: (command: Command) => present().command(command) } as unknown as Table['client'],
  table: 'relearn',
};

export const stores = {
  store: openDeploymentStore(table, clock),
  ...openEvidenceStores(table),
  counts: openPredictionCounts(table),
  outcomeSums: openOutcomeSums(table),
  models: openModels(table),
  versions: openVersions(table),
  audit: openAuditTrail(table, clock),
  versionItems: versionEntity(table),
};
