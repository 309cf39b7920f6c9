import { openCaseRate } from '../cases/index.ts';
import { openOutcomeSums } from '../inference/index.ts';
import { openModels, openVersions } from '../models/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Table } from '../platform/table.ts';
import { openReadProgress, type ReadProgress } from './operations/read-progress.ts';
import { openDeploymentStore } from './store/deployment-store.ts';
import { openEvidenceStores } from './store/evidence-items.ts';

/** What other slices may use of the rollouts. */
export type { ReadProgress } from './operations/read-progress.ts';

export const openRolloutProgress = (table: Table, clock: Clock): ReadProgress =>
  openReadProgress({
    models: openModels(table),
    versions: openVersions(table),
    store: openDeploymentStore(table, clock),
    ...openEvidenceStores(table),
    outcomeSums: openOutcomeSums(table),
    caseRate: openCaseRate(table),
    clock,
  });
