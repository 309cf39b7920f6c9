import { AuditAction } from '../../../contracts/monitoring.ts';
import { RolloutKind } from '../../../contracts/rollouts.ts';
import type { AuditTrail } from '../../platform/audit.ts';
import { notFound, Problem } from '../../platform/errors.ts';
import type { RolloutMachine } from '../machine.ts';
import { deployVersion } from './deploy-version.ts';
import { startMachine } from './start-machine.ts';

type Dependencies = Parameters<typeof deployVersion>[0] & {
  readonly audit: Pick<AuditTrail, 'append'>;
  readonly machine: RolloutMachine;
};

interface Trained {
  readonly tenant: string;
  readonly model: string;
  readonly job: string;
  readonly version: string;
}

const actor = 'rollouts:start';

/**
 * Rolls a version out that a training has made. While another rollout runs, nothing is superseded: the version waits in
 * staging for an operator, and the audit says so. A repeated call finds the rollout that the first one began.
 *
 * @returns the version's rollout, or the one that it gave way to
 */
export const rollOutTrained = async (
  dependencies: Dependencies,
  { tenant, model, job, version }: Trained,
): Promise<string> => {
  const { versions, store, audit, machine } = dependencies;
  const known = await versions.get(tenant, model, version);
  if (known === undefined) throw notFound(`a version ${version} of ${model}`);
  const begun = known.rollout === undefined ? undefined : await store.rollout(tenant, model, known.rollout);
  if (begun !== undefined) {
    await startMachine(machine, { tenant, model, rollout: begun });
    return begun.id;
  }
  try {
    const reason = `Trained by ${job}, and passed the gate.`;
    const request = { tenant, model, version, actor, reason, kind: RolloutKind.Challenger, overrideGate: false };
    const rollout = await deployVersion(dependencies, request);
    await startMachine(machine, { tenant, model, rollout });
    return rollout.id;
  } catch (error) {
    const running = error instanceof Problem ? error.extension.rollout : undefined;
    if (typeof running !== 'string') throw error;
    await audit.append(tenant, {
      action: AuditAction.RolloutDeferred,
      actor,
      model,
      subjectOfAction: version,
      reason: `${running} is running, so ${version} waits in staging. Deploy it when that rollout has ended.`,
    });
    return running;
  }
};
