import { VersionStatus } from '../../../contracts/statuses.ts';
import type { GateFinding, Version } from '../../../contracts/versions.ts';
import type { RegisterInput } from '../../../contracts/workflows.ts';
import { signatureOf } from '../domain/signature.ts';

/** The name of the next version: `v1.0.0`, then the next minor. @param latest - undefined where there is none */
export const nextVersion = (latest: string | undefined): string => {
  if (latest === undefined) return 'v1.0.0';
  const [major, minor] = latest.slice(1).split('.').map(Number);
  return `v${major}.${(minor ?? 0) + 1}.0`;
};

/** What the gate found amiss, in one sentence. */
export const faultsOf = (findings: readonly GateFinding[]): string =>
  findings
    .filter(({ passed }) => !passed)
    .map(({ check, detail }) => `${check}: ${detail.replace(/\.$/, '')}`)
    .join('; ');

/** Why nothing is registered: what the training gave cannot be trusted as a model. Undefined: it can. */
export const refusalOf = ({ job, gate }: RegisterInput): string | undefined =>
  gate.integrity
    ? undefined
    : `Expected an artifact of ${job} that is whole, and the gate refused it (${faultsOf(gate.findings)}); train again.`;

/**
 * A version as it begins.
 *
 * @throws Error where the gate found the artifact whole and gave none
 */
export const versionOf = ({ job, snapshot, gate }: RegisterInput, version: string, createdAt: string): Version => {
  const { artifact, sidecar } = gate;
  if (artifact === undefined || sidecar === undefined) {
    throw new Error(
      `Expected the gate to give the artifact of ${job} and its sidecar, which it found whole; got none.`,
    );
  }
  const { codeVersion, recipe, algorithm, seed, metrics, leaderboard } = sidecar;
  return {
    version,
    status: gate.passed ? VersionStatus.Staging : VersionStatus.Rejected,
    createdAt,
    artifact: { ...artifact, format: 'onnx' },
    signature: signatureOf(sidecar),
    lineage: { dataset: snapshot.dataset, cut: snapshot.cut, job, codeVersion, recipe, algorithm, seed },
    metrics,
    ...(leaderboard === undefined ? {} : { leaderboard }),
    gate: gate.findings,
  };
};
