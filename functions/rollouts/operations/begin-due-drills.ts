import type { Model } from '../../../contracts/model.ts';
import { AuditAction } from '../../../contracts/monitoring.ts';
import type { ProblemCode } from '../../../contracts/problems.ts';
import { RolloutKind } from '../../../contracts/rollouts.ts';
import type { Models } from '../../models/index.ts';
import type { AuditTrail } from '../../platform/audit.ts';
import { timestamp } from '../../platform/clock.ts';
import { Problem } from '../../platform/errors.ts';
import { logger } from '../../platform/telemetry.ts';
import { isDrillDue } from '../domain/drill-due.ts';
import type { RolloutMachine } from '../machine.ts';
import type { DeploymentStore } from '../store/deployment-store.ts';
import { beginDrill, type DrillDependencies } from './begin-drill.ts';
import { startMachine } from './start-machine.ts';

interface Dependencies extends DrillDependencies {
  readonly models: Pick<Models, 'get' | 'directory'>;
  readonly audit: Pick<AuditTrail, 'append'>;
  readonly machine: RolloutMachine;
}

const actor = 'rollouts:schedule';
const rolloutsAtOnce = 50;
/** Why a drill that is due is left out this time, so that somebody may want to know. */
const skipped: readonly ProblemCode[] = ['rollout-running', 'nothing-to-drill', 'artifact-missing'];

/**
 * Begins a drill for each model whose policy asks for drills and whose last one is long enough ago. One model's failure
 * stops no other.
 *
 * @returns the drills that were begun
 * @throws AggregateError of what failed, after all others were seen to; the call is repeated, which begins nothing twice
 */
export const beginDueDrills = async (dependencies: Dependencies): Promise<string[]> => {
  const begun: string[] = [];
  const failures: Error[] = [];
  for await (const { tenant, model: name } of dependencies.models.directory()) {
    try {
      const model = await dependencies.models.get(tenant, name);
      const drill = model === undefined ? undefined : await consider(dependencies, tenant, model);
      if (drill !== undefined) begun.push(drill);
    } catch (error) {
      logger.error('drill failed', { error: error as Error, tenant, model: name });
      failures.push(error as Error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} models could not be drilled.`);
  return begun;
};

const consider = async (dependencies: Dependencies, tenant: string, model: Model): Promise<string | undefined> => {
  const { store, audit, clock } = dependencies;
  const { drillEveryDays } = model.policies.rollout;
  if (drillEveryDays === undefined) return undefined;
  const now = timestamp(clock);
  if (!isDrillDue(drillEveryDays, await lastDrill(store, tenant, model.name, drillEveryDays, now), now))
    return undefined;
  const request = { tenant, model: model.name, actor, reason: `The rehearsal of every ${drillEveryDays} days.` };
  try {
    const rollout = await beginDrill(dependencies, request);
    await startMachine(dependencies.machine, { tenant, model: model.name, rollout });
    return rollout.id;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    logger.info('no drill', { tenant, model: model.name, code: error.code });
    if (!skipped.includes(error.code)) return undefined;
    const reason = error.message;
    await audit.append(tenant, { action: AuditAction.DrillSkipped, actor, model: model.name, reason });
    return undefined;
  }
};

/** When the last drill of a model began; undefined where there was none within the time after which one is due. */
const lastDrill = async (
  store: DeploymentStore,
  tenant: string,
  model: string,
  everyDays: number,
  now: string,
): Promise<string | undefined> => {
  let before: string | undefined;
  do {
    const page = await store.list(tenant, model, rolloutsAtOnce, before);
    const drill = page.find(({ kind }) => kind === RolloutKind.Drill);
    if (drill !== undefined) return drill.startedAt;
    const oldest = page.length === rolloutsAtOnce ? page.at(-1) : undefined;
    // Drills before one that would be due already change nothing.
    before = isDrillDue(everyDays, oldest?.startedAt, now) ? undefined : oldest?.id;
  } while (before !== undefined);
  return undefined;
};
