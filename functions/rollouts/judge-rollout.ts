import { JudgeOutput, RolloutInput } from '../../contracts/workflows.ts';
import { openLedger } from '../cases/index.ts';
import { openPredictionCounts, openServing } from '../inference/index.ts';
import { openModels } from '../models/index.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { openObjectStore } from '../platform/object-store.ts';
import { openTable } from '../platform/table.ts';
import { openAlarmStates } from './alarm-states.ts';
import { judgeRollout } from './operations/judge-rollout.ts';
import { openDeploymentStore } from './store/deployment-store.ts';
import { openEvidenceStores } from './store/evidence-items.ts';
import { openOutcomeReader } from './store/outcome-reader.ts';

const config = readConfig('rollouts/judge-rollout');
const table = openTable(config.TABLE_NAME);
const objects = openObjectStore(config.BUCKET_NAME);
const dependencies = {
  store: openDeploymentStore(table, systemClock),
  ...openEvidenceStores(table),
  objects,
  models: openModels(table),
  ledger: openLedger(table, objects),
  serving: openServing({ objects }),
  outcomes: openOutcomeReader(table),
  counts: openPredictionCounts(table),
  alarms: openAlarmStates(),
  clock: systemClock,
};

/** The task that the rollout machine comes back to: scores new cases, decides, and does what was decided. */
export const handler = async (event: unknown): Promise<JudgeOutput> =>
  JudgeOutput.parse(await judgeRollout(dependencies, RolloutInput.parse(event)));
