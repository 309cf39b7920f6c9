import { describe, expect, it } from '@jest/globals';
import { RolloutPolicy, type StagePolicy } from '../../contracts/rollout-policy.ts';
import { EvidenceKind } from '../../contracts/verdicts.ts';
import { RolloutRecord } from '../../functions/rollouts/domain/record.ts';
import { holdbackOf, samplesNeeded, stagesOf } from '../../functions/rollouts/domain/strategy.ts';
import { begun, moment, policyWith, rolloutId, servable } from './specimens.ts';

const upTo = (weight: number, given: object = {}) =>
  RolloutPolicy.parse({ stages: [{ name: 'last', weight, minimumSeconds: 0, minimumPairs: 0 }], ...given });

describe('the holdback', () => {
  it('is 5% for an hour where the policy says nothing and the last stage leaves room', () => {
    expect(holdbackOf(RolloutPolicy.parse({}))).toMatchObject({ name: 'holdback', weight: 95, minimumSeconds: 3600 });
    expect(holdbackOf(upTo(94.99))).toMatchObject({ weight: 95 });
    expect(holdbackOf(upTo(95))).toBeUndefined();
    expect(holdbackOf(upTo(100))).toBeUndefined();
  });

  it("is the policy's, to the hundredth of a percent, or switched off", () => {
    expect(holdbackOf(upTo(50, { holdback: { percent: 0.07, minimumSeconds: 7 } }))).toMatchObject({
      weight: 99.93,
      minimumSeconds: 7,
    });
    expect(holdbackOf(upTo(50, { holdback: { percent: 0 } }))).toBeUndefined();
  });

  it('asks for no sample of its own', () => {
    const holdback = holdbackOf(RolloutPolicy.parse({})) as StagePolicy;
    for (const evidence of Object.values(EvidenceKind)) expect(samplesNeeded(holdback, evidence)).toBe(0);
  });

  it('belongs to a canary alone', () => {
    expect(holdbackOf(upTo(50, { strategy: 'blue-green' }))).toBeUndefined();
  });
});

describe('the stages of a rollout', () => {
  const namesOf = (given: Parameters<typeof stagesOf>[0]) => stagesOf(given).map(({ name, weight }) => [name, weight]);
  const rewarded = policyWith({ strategy: 'bandit', evidence: 'randomised' });

  it('are those of its strategy', () => {
    const policy = policyWith({ holdback: { percent: 5, minimumSeconds: 60 } });
    expect(namesOf({ kind: 'manual', policy, rivals: [] })).toEqual([
      ['shadow', 0],
      ['canary', 25],
      ['holdback', 95],
    ]);
    expect(namesOf({ kind: 'manual', policy: policyWith({ strategy: 'blue-green' }), rivals: [] })).toEqual([
      ['bake', 100],
    ]);
    expect(namesOf({ kind: 'manual', policy: rewarded, rivals: [servable(2), servable(3)] })).toEqual([['bandit', 25]]);
    expect(namesOf({ kind: 'drill', policy, rivals: [] })).toEqual([]);
  });

  it('ask for pairs, or for units where both arms have requests', () => {
    const stage = (weight: number, minimumUnits?: number): StagePolicy => ({
      name: 'one',
      weight,
      minimumSeconds: 0,
      minimumPairs: 7,
      ...(minimumUnits === undefined ? {} : { minimumUnits }),
    });
    expect(samplesNeeded(stage(5), 'paired')).toBe(7);
    expect([0, 5, 100].map((weight) => samplesNeeded(stage(weight), 'randomised'))).toEqual([0, 100, 0]);
    expect(samplesNeeded(stage(5, 12), 'randomised')).toBe(12);
  });
});

describe('a rollout that began under an older policy', () => {
  /** As rollouts were stored before strategies, live rewards and approvals. */
  const older = {
    id: rolloutId(1),
    kind: 'challenger',
    status: 'running',
    version: 'v1.1.0',
    challenger: servable(1),
    base: servable(0),
    reason: 'to see',
    actor: 'test',
    policy: {
      hypothesis: 'non-inferiority',
      margin: 0.02,
      promotionAlpha: 0.05,
      rollbackAlpha: 0.1,
      minimumPairs: 100,
      maximumPairs: 20_000,
      maximumSeconds: 600,
      tickSeconds: 1,
      stages: [{ name: 'all', weight: 100, minimumSeconds: 1, minimumPairs: 5 }],
    },
    startedAt: moment(0),
    stages: [{ name: 'all', weight: 100, startedAt: moment(1), pairsAtStart: 0 }],
    pairs: 3,
    failures: 0,
    attempt: 1,
    open: true,
    revision: 2,
  };

  it('is read, and goes on as the canary by pairs that it was', () => {
    const rollout = RolloutRecord.parse(older);
    expect(rollout).toMatchObject({ rivals: [], units: {}, policy: { strategy: 'canary', evidence: 'paired' } });
    expect(stagesOf(rollout).map(({ name }) => name)).toEqual(['all']);
  });

  it('is stored with no more than it has', () => {
    const { rollout } = begun();
    expect(RolloutRecord.parse(JSON.parse(JSON.stringify(rollout)))).toEqual(rollout);
  });
});
