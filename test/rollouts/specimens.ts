import { RolloutPolicy } from '../../contracts/rollout-policy.ts';
import type { Route, Servable } from '../../contracts/route-item.ts';
import type { GateFinding, Version } from '../../contracts/versions.ts';
import { beginRollout, type NewRecord } from '../../functions/rollouts/domain/changes.ts';
import { definePairedPolicy } from '../../functions/rollouts/domain/paired-policy.ts';
import { applyBlock, type PairCounts, startPairedProcess } from '../../functions/rollouts/domain/paired-process.ts';
import type { RolloutRecord } from '../../functions/rollouts/domain/record.ts';
import { first } from '../../functions/rollouts/domain/route.ts';
import { decide, type PairedVerdict } from '../../functions/rollouts/domain/verdict.ts';

/** Things of rollouts as tests need them: whole, small, and the same each time. */
const start = Date.parse('2026-01-01T00:00:00.000Z');

/** A moment so many seconds after the start of the specimens' time. */
export const moment = (seconds: number): string => new Date(start + seconds * 1000).toISOString();

export const servable = (number: number): Servable => ({
  version: `v1.${number}.0`,
  digest: String(number).padStart(64, '0'),
  bytes: 100,
  signature: { numeric: ['radius'], categorical: [], classes: ['benign', 'malignant'] },
  cut: number,
});

export const version = (number: number, given: Partial<Version> = {}): Version => ({
  version: `v1.${number}.0`,
  status: 'staging',
  createdAt: moment(0),
  artifact: { digest: String(number).padStart(64, '0'), bytes: 100, format: 'onnx' },
  signature: servable(number).signature,
  lineage: {
    dataset: `ds_${'0'.repeat(64)}`,
    cut: number,
    job: 'job_01J9Z3ABCDEFGHJKMNPQRSTVWX',
    codeVersion: 'test',
    recipe: 'tabular',
    algorithm: 'logistic-regression',
    seed: 1,
  },
  metrics: { training: null, holdout: null, crossValidation: null },
  gate: [],
  ...given,
});

export const failed = (check: GateFinding['check']): GateFinding => ({ check, passed: false, detail: 'it was not' });

/** ULIDs that sort by their number. */
export const rolloutId = (number: number): string => `rol_${String(number).padStart(26, '0')}`;

/** Two stages, and no holdback unless one is given. */
export const policyWith = (given: Partial<RolloutPolicy> = {}): RolloutPolicy =>
  RolloutPolicy.parse({
    minimumPairs: 20,
    holdback: { percent: 0, minimumSeconds: 0 },
    stages: [
      { name: 'shadow', weight: 0, minimumSeconds: 60, minimumPairs: 10 },
      { name: 'canary', weight: 25, minimumSeconds: 60, minimumPairs: 10 },
    ],
    ...given,
  });

export const newRecord = (number: number, policy: RolloutPolicy = policyWith()): NewRecord => ({
  id: rolloutId(number),
  kind: 'challenger',
  challenger: servable(number),
  reason: 'to see',
  policy,
  salt: `salt-${number}`,
  overridden: [],
});

/** A route with the champion v1.0.0, and the rollout of v1.1.0 that has just begun on it. */
export const begun = (policy: RolloutPolicy = policyWith()): { route: Route; rollout: RolloutRecord } => {
  const base = first(servable(0), 'salt', { at: moment(0) });
  const { route, rollout } = beginRollout(base, newRecord(1, policy), { at: moment(0), actor: 'test' });
  if (rollout === undefined) throw new Error('a rollout begins with a record');
  return { route, rollout };
};

/** The verdict on pairs that came as one block. */
export const verdictOn = (
  counts: Partial<PairCounts>,
  policy: RolloutPolicy = policyWith(),
  deadlinePassed = false,
): PairedVerdict => {
  const paired = definePairedPolicy(policy);
  const block = { both: 0, championOnly: 0, challengerOnly: 0, neither: 0, ...counts };
  return decide(applyBlock(startPairedProcess(paired), block, paired), paired, { deadlinePassed });
};
