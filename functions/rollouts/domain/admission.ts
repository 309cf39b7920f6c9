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
 * Whether an operator may deploy a version, and its rivals with it. What the gate found stays with a version for good,
 * whatever its status has been since.
 *
 * @param rivals - further versions of a bandit
 * @param route - undefined where the model has no champion: a version that passed the gate becomes it at once
 */
export const admit = (
  version: Version,
  route: Route | undefined,
  overrideGate: boolean,
  rivals: readonly Version[] = [],
): Admitted | Refused => {
  const all = [version, ...rivals];
  const refusal = all.flatMap((one) => refuseByGate(one, overrideGate) ?? [])[0];
  if (refusal !== undefined) return refusal;
  if (route === undefined) {
    const lacking = all.find((one) => isRejected(one)) ?? rivals[0];
    return lacking === undefined
      ? { kind: RolloutKind.First, overridden: [] }
      : refused(
          'no-champion',
          `Expected a champion to compare ${lacking.version} with, found none. Deploy a version that passed first.`,
        );
  }
  const serving = all.find((one) => one.version === route.champion.version);
  if (serving !== undefined) return refused('version-serving', `${serving.version} is the champion already.`);
  if (route.rollout !== undefined) {
    return refused('rollout-running', `${route.rollout} is running. Wait for its end, or roll it back first.`, {
      rollout: route.rollout,
    });
  }
  return { kind: RolloutKind.Manual, overridden: [...new Set(all.flatMap(failedChecks))] };
};

const failedOf = ({ gate }: Version): GateFinding[] => gate.filter(({ passed }) => !passed);

const failedChecks = (version: Version): string[] => failedOf(version).map(({ check }) => check);

const isRejected = (version: Version): boolean =>
  failedOf(version).length > 0 || version.status === VersionStatus.Rejected;

/** Undefined where the gate does not stand in the way. */
const refuseByGate = (version: Version, overrideGate: boolean): Refused | undefined => {
  const { version: name } = version;
  const failed = failedOf(version);
  if (failed.some(({ check }) => integrityChecks.includes(check))) {
    return rejected(failed, `${name} is not what its training made, or no artifact that may be loaded. Train anew.`);
  }
  return isRejected(version) && !overrideGate
    ? rejected(failed, `The gate rejected ${name}. To deploy it all the same, send overrideGate: true and a reason.`)
    : undefined;
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
