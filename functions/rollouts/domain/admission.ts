import type { ProblemCode } from '../../../contracts/problems.ts';
import { RolloutKind } from '../../../contracts/rollouts.ts';
import type { Route } from '../../../contracts/route-item.ts';
import { VersionStatus } from '../../../contracts/statuses.ts';
import { type GateFinding, integrityChecks, type Version } from '../../../contracts/versions.ts';

/** The version may be deployed. */
export interface Admitted {
  readonly kind: RolloutKind;
  /** The gate's failed checks that are overridden. */
  readonly overridden: readonly string[];
}

/** The version may not be deployed now, and why. */
export interface Refused {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly extension: Readonly<Record<string, unknown>>;
}

export const isRefused = (admission: Admitted | Refused): admission is Refused => 'code' in admission;

/**
 * Whether an operator may deploy a version. What the gate found stays with the version for good, whatever its status
 * has been since.
 *
 * @param route - undefined where the model has no champion: a version that passed the gate becomes it at once
 */
export const admit = (version: Version, route: Route | undefined, overrideGate: boolean): Admitted | Refused => {
  const failed = version.gate.filter(({ passed }) => !passed);
  const name = version.version;
  if (failed.some(({ check }) => integrityChecks.includes(check))) {
    return rejected(failed, `${name} is not what its training made, or no artifact that may be loaded. Train anew.`);
  }
  const isRejected = failed.length > 0 || version.status === VersionStatus.Rejected;
  if (isRejected && !overrideGate) {
    return rejected(
      failed,
      `The gate rejected ${name}. To deploy it all the same, send overrideGate: true and a reason.`,
    );
  }
  if (route === undefined) {
    return isRejected
      ? refused(
          'no-champion',
          `Expected a champion to compare ${name} with, found none. Deploy a version that passed first.`,
        )
      : { kind: RolloutKind.First, overridden: [] };
  }
  if (route.champion.version === name) return refused('version-serving', `${name} is the champion already.`);
  if (route.rollout !== undefined) {
    return refused('rollout-running', `${route.rollout} is running. Wait for its end, or roll it back first.`, {
      rollout: route.rollout,
    });
  }
  return { kind: RolloutKind.Manual, overridden: failed.map(({ check }) => check) };
};

const refused = (code: ProblemCode, detail: string, extension: Refused['extension'] = {}): Refused => ({
  code,
  detail,
  extension,
});

const rejected = (failed: readonly GateFinding[], detail: string): Refused =>
  refused(
    'version-rejected',
    `${detail} ${failed.map((finding) => `${finding.check}: ${finding.detail}`).join(' ')}`.trim(),
    {
      findings: failed,
    },
  );
