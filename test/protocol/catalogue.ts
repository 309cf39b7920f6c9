/** Models, their policies and their versions, as sequences use them: small numbers, so that a few steps decide. */
import { Model } from '../../contracts/model.ts';
import { type RolloutPolicy, Strategy } from '../../contracts/rollout-policy.ts';
import { VersionStatus } from '../../contracts/statuses.ts';
import { EvidenceKind } from '../../contracts/verdicts.ts';
import { GateCheck, type GateFinding, type Version } from '../../contracts/versions.ts';
import { sha256 } from '../../functions/platform/canonical-json.ts';
import { schema, signature } from './cloud/evidence.ts';

type Settings = Partial<RolloutPolicy>;

const stage = (name: string, weight: number, minimumSeconds: number, minimumPairs: number) => ({
  name,
  weight,
  minimumSeconds,
  minimumPairs,
});
const noHoldback = { percent: 0, minimumSeconds: 0 };

const quick: Settings = {
  margin: 0.2,
  promotionAlpha: 0.2,
  rollbackAlpha: 0.2,
  minimumPairs: 20,
  tickSeconds: 300,
  maximumSeconds: 1500,
  holdback: noHoldback,
};
const rewarded: Settings = {
  ...quick,
  evidence: EvidenceKind.Randomised,
  guardrails: { failure: 0.5, slow: 0.5 },
  minimumUnits: 30,
  maximumUnits: 400,
};

/** Rollout policies that an operator may switch between, also while a rollout runs. */
export const policies: readonly Settings[] = [
  { ...quick, stages: [stage('shadow', 0, 0, 5), stage('canary', 20, 0, 5)] },
  { ...quick, stages: [stage('canary', 5, 60, 0)], minimumPairs: 30, drillEveryDays: 1 },
  { ...quick, stages: [stage('low', 30, 0, 0), stage('middle', 60, 0, 0), stage('high', 85.5, 0, 10)] },
  {
    ...quick,
    stages: [stage('shadow', 0, 400, 10), stage('half', 50, 400, 20)],
    maximumPairs: 120,
    holdback: { percent: 10, minimumSeconds: 300 },
  },
  { ...quick, stages: [stage('canary', 20, 0, 5)], approval: { expiresSeconds: 900 } },
  { ...quick, strategy: Strategy.BlueGreen, bakeSeconds: 400 },
  { ...rewarded, stages: [{ ...stage('canary', 40, 0, 0), minimumUnits: 20, rampEvidence: 1.5 }] },
  { ...rewarded, strategy: Strategy.Bandit, bandit: { minimumUnits: 40, stopProbability: 0.9, floorPercent: 5 } },
];

const at = '2026-01-01T00:00:00.000Z';
/** Each prediction is a unit, and counts as soon as it may. */
const outcomes = { windowSeconds: 1, unitSeconds: 0 };

/** @param revision - of the declaration: each is stored over the one before by its time of change */
export const modelOf = (name: string, policy: number, revision: number): Model =>
  Model.parse({
    name,
    task: 'tabular-classification',
    schema,
    policies: { rollout: policies[policy % policies.length], outcomes },
    createdAt: at,
    updatedAt: new Date(Date.parse(at) + revision).toISOString(),
  });

/** What the gate made of a version. */
export const Gate = { Passed: 'passed', Worse: 'worse', Broken: 'broken' } as const;
export type Gate = (typeof Gate)[keyof typeof Gate];

const findings: Readonly<Record<Gate, readonly GateFinding[]>> = {
  passed: [],
  worse: [{ check: GateCheck.NotWorse, passed: false, detail: 'It is worse.' }],
  broken: [{ check: GateCheck.Digest, passed: false, detail: 'It is another.' }],
};

export const versionName = (number: number): string => `v1.${number}.0`;

/** The bytes of a version's artifact. */
export const artifactOf = (model: string, number: number): Uint8Array =>
  new TextEncoder().encode(`artifact of ${model} ${versionName(number)}`);

/** @param cut - last segment of its dataset */
export const versionOf = (model: string, number: number, cut: number, gate: Gate): Version => {
  const artifact = artifactOf(model, number);
  return {
    version: versionName(number),
    status: gate === Gate.Passed ? VersionStatus.Staging : VersionStatus.Rejected,
    createdAt: at,
    artifact: { digest: sha256(artifact), bytes: artifact.length, format: 'onnx' },
    signature: { ...signature, numeric: [...signature.numeric], categorical: [], classes: [...signature.classes] },
    lineage: {
      dataset: `ds_${'0'.repeat(64)}`,
      cut,
      job: 'job_01J9Z3ABCDEFGHJKMNPQRSTVWX',
      codeVersion: 'test',
      recipe: 'tabular',
      algorithm: 'logistic-regression',
      seed: 1,
    },
    metrics: { training: null, holdout: null, crossValidation: null },
    gate: [...findings[gate]],
  };
};
