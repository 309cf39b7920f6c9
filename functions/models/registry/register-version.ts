import { shareRight } from '../../../contracts/metrics.ts';
import { AuditAction } from '../../../contracts/monitoring.ts';
import { type RegisterInput, type RegisterOutput, WorkflowError } from '../../../contracts/workflows.ts';
import type { AuditTrail } from '../../platform/audit.ts';
import { type Clock, timestamp } from '../../platform/clock.ts';
import { untilStored } from '../../platform/until-stored.ts';
import type { Registration, Registry } from '../store/registry.ts';
import { faultsOf, nextVersion, refusalOf, versionOf } from './version-record.ts';

/** What the training gave is not a model that can be trusted; nothing was registered. */
class IntegrityError extends Error {
  override readonly name = WorkflowError.Integrity;
}

interface Dependencies {
  readonly registry: Registry;
  readonly audit: Pick<AuditTrail, 'next'>;
  readonly clock: Clock;
}

/**
 * Registers what a job trained, once: a task that is tried again, and another attempt of the job, get the same answer.
 * A version whose quality the gate did not pass is registered as rejected, so that an operator may look at it.
 *
 * @throws IntegrityError where the artifact is not whole: it gets no version
 */
export const registerVersion = async (
  { registry, audit, clock }: Dependencies,
  input: RegisterInput,
): Promise<RegisterOutput> => {
  const { tenant, model, job, gate, rollOut } = input;
  const key = { tenant, model, job };
  const actor = `training:${job}`;

  const refuse = async (refusal: string): Promise<Registration | undefined> => {
    const rejected = { action: AuditAction.VersionRejected, actor, model, subjectOfAction: job, reason: refusal };
    const entries = await audit.next(tenant, [rejected]);
    return (await registry.refuse(key, refusal, entries)) ? { refusal } : undefined;
  };

  const register = async (): Promise<Registration | undefined> => {
    const latest = await registry.latest(tenant, model);
    const version = versionOf(input, nextVersion(latest), timestamp(clock));
    const { holdout } = version.metrics;
    const entries = await audit.next(tenant, [
      {
        action: gate.passed ? AuditAction.VersionRegistered : AuditAction.VersionRejected,
        actor,
        model,
        subjectOfAction: version.version,
        reason: gate.passed ? `${job} passed the gate` : `${job} did not pass the gate: ${faultsOf(gate.findings)}`,
        numbers: { holdoutAccuracy: holdout === null ? null : shareRight(holdout), cut: version.lineage.cut },
      },
    ]);
    const stored = await registry.register(key, latest, version, entries);
    return stored ? { version: version.version, passed: gate.passed } : undefined;
  };

  const registration = await untilStored(`the registry of ${model}`, async () => {
    const present = await registry.registration(key);
    if (present !== undefined) return present;
    const refusal = refusalOf(input);
    return refusal === undefined ? await register() : await refuse(refusal);
  });
  if ('refusal' in registration) throw new IntegrityError(registration.refusal);
  return { ...registration, rollOut };
};
