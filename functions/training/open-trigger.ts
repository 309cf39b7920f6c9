import { openCaseCounts } from '../cases/index.ts';
import { systemClock } from '../platform/clock.ts';
import { openTable } from '../platform/table.ts';
import type { StartDependencies } from './operations/start-training.ts';
import { openRetrainMachine } from './services/machine.ts';
import { openBudget } from './store/budget.ts';
import { openDecisions } from './store/decisions.ts';
import { openTrainingStore } from './store/training-store.ts';

interface TriggerConfig {
  readonly TABLE_NAME: string;
  readonly RETRAIN_MACHINE_ARN: string;
}

/** Opens what the functions share that decide whether a model is trained. */
export const openTrigger = (config: TriggerConfig): StartDependencies => {
  const table = openTable(config.TABLE_NAME);
  return {
    store: openTrainingStore(table, systemClock),
    counts: openCaseCounts(table),
    machine: openRetrainMachine(config.RETRAIN_MACHINE_ARN),
    budget: openBudget(table, systemClock),
    decisions: openDecisions(table, systemClock),
    clock: systemClock,
  };
};
