import { openCaseCounts } from '../cases/index.ts';
import { readConfig } from '../platform/config.ts';
import { openTable } from '../platform/table.ts';
import { logger } from '../platform/telemetry.ts';
import { openRuns } from './open-runs.ts';
import { dispatchJobs } from './operations/dispatch-jobs.ts';
import { reconcileJob } from './operations/reconcile-job.ts';
import { reconcileLease } from './operations/reconcile-lease.ts';
import { openRetrainMachine } from './services/machine.ts';

const config = readConfig('training/reconcile-jobs');
const dependencies = {
  ...openRuns(config),
  counts: openCaseCounts(openTable(config.TABLE_NAME)),
  machine: openRetrainMachine(config.RETRAIN_MACHINE_ARN),
};

/**
 * Every minute: no job that has not ended stays without a machine, no machine without the word that it waits for, no
 * place on a machine with a run that is over; and jobs that wait are tried again. What fails stops nothing else.
 */
export const handler = async (): Promise<void> => {
  const failed: string[] = [];
  const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      logger.error('reconciliation failed', { error: error as Error, what });
      failed.push(what);
    }
  };
  for await (const key of dependencies.store.running()) {
    await attempt(key.job, async () => {
      const done = await reconcileJob(dependencies, key);
      if (done !== 'none') logger.warn('reconciled', { ...key, done });
    });
  }
  for (const lease of await dependencies.capacity.leases()) {
    await attempt(lease.run, async () => {
      const done = await reconcileLease(dependencies, lease);
      if (done !== 'keep') logger.warn('reconciled', { ...lease, done });
    });
  }
  await dispatchJobs(dependencies);
  if (failed.length > 0) throw new Error(`Expected to look after every training; these failed: ${failed.join(', ')}.`);
};
