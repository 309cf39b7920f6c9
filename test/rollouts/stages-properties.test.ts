import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RolloutPolicy } from '../../contracts/rollout-policy.ts';
import { AlarmHealth } from '../../functions/rollouts/domain/alarm-health.ts';
import { followJudgement } from '../../functions/rollouts/domain/follow-judgement.ts';
import type { RolloutRecord } from '../../functions/rollouts/domain/record.ts';
import { pairedStageEvidence, type StageEvidence } from '../../functions/rollouts/domain/stage-evidence.ts';
import { Action, type Judgement, judge } from '../../functions/rollouts/domain/stages.ts';
import { samplesNeeded, stagesOf } from '../../functions/rollouts/domain/strategy.ts';
import { begun, moment, policyWith, verdictOn } from './specimens.ts';

interface Tick {
  readonly seconds: number;
  readonly pairs: Readonly<Record<'both' | 'championOnly' | 'challengerOnly' | 'neither', number>>;
  readonly alarms: AlarmHealth;
}

interface Judged {
  readonly judgement: Judgement;
  readonly rollout: RolloutRecord;
  readonly evidence: StageEvidence;
  readonly alarms: AlarmHealth;
  readonly seconds: number;
}

const count = fc.nat({ max: 40 });
const tick: fc.Arbitrary<Tick> = fc.record({
  seconds: fc.nat({ max: 90 }),
  pairs: fc.record({
    both: count,
    championOnly: fc.nat({ max: 6 }),
    challengerOnly: fc.nat({ max: 6 }),
    neither: count,
  }),
  alarms: fc.oneof(
    { weight: 8, arbitrary: fc.constant(AlarmHealth.Ok) },
    { weight: 1, arbitrary: fc.constantFrom(...Object.values(AlarmHealth)) },
  ),
});

const canary = policyWith({ margin: 0.2, maximumSeconds: 2000, holdback: { percent: 5, minimumSeconds: 60 } });
const baking = policyWith({ strategy: 'blue-green', bakeSeconds: 200, maximumSeconds: 2000 });

/** Judges tick after tick as the machine does, and gives each judgement with all that it was made on. */
const play = (policy: RolloutPolicy, ticks: readonly Tick[]): { judged: Judged[]; rollout: RolloutRecord } => {
  let { route, rollout } = begun(policy);
  let seconds = 0;
  const counts = { both: 0, championOnly: 0, challengerOnly: 0, neither: 0 };
  const judged: Judged[] = [];
  for (const given of ticks) {
    seconds += given.seconds;
    for (const [name, more] of Object.entries(given.pairs)) counts[name as keyof typeof counts] += more;
    const verdict = verdictOn(counts, policy, seconds >= policy.maximumSeconds);
    const evidence = pairedStageEvidence(rollout, verdict);
    const alarms = { health: given.alarms };
    const judgement = judge(rollout, { now: moment(seconds), evidence, alarms });
    judged.push({ judgement, rollout, evidence, alarms: given.alarms, seconds });
    const counted = { pairs: verdict.numbers.pairs, failures: 0 };
    const change = followJudgement(judgement, route, rollout, counted, { at: moment(seconds), actor: 'test' });
    route = change?.route ?? route;
    rollout = change?.rollout ?? rollout;
    if (rollout.endedAt !== undefined) break;
  }
  return { judged, rollout };
};

const ticks = fc.array(tick, { maxLength: 60, size: 'max' });
const always = (policy: RolloutPolicy, holds: (played: ReturnType<typeof play>) => void): void =>
  fc.assert(
    fc.property(ticks, (given) => holds(play(policy, given))),
    { numRuns: 300 },
  );

describe.each([
  ['a canary', canary],
  ['a blue-green rollout', baking],
])('%s', (_, policy) => {
  it('leaves no stage before its time AND its samples AND its alarms are OK', () => {
    let left = 0;
    always(policy, ({ judged }) => {
      for (const { judgement, rollout, evidence, alarms } of judged) {
        if (judgement.action !== Action.Advance && judgement.action !== Action.Promote) continue;
        const stage = stagesOf(rollout)[rollout.stages.length - 1];
        if (stage === undefined) continue;
        left += 1;
        expect(judgement.numbers.stageSeconds).toBeGreaterThanOrEqual(stage.minimumSeconds);
        expect(evidence.stageSamples).toBeGreaterThanOrEqual(samplesNeeded(stage, policy.evidence));
        expect(alarms).toBe(AlarmHealth.Ok);
      }
    });
    expect(left).toBeGreaterThan(0);
  });

  it('never moves on alarms that cannot judge', () => {
    always(policy, ({ judged }) => {
      for (const { judgement, rollout, alarms } of judged) {
        if (alarms === AlarmHealth.Ok || rollout.stages.length === 0) continue;
        expect([Action.Advance, Action.Promote]).not.toContain(judgement.action);
      }
    });
  });

  it('never raises the weight while the evidence stops the ramp', () => {
    always(policy, ({ judged }) => {
      for (const { judgement, rollout, evidence } of judged) {
        if (!evidence.stopsRamp || rollout.stages.length === 0) continue;
        expect(judgement.action).not.toBe(Action.Advance);
      }
    });
  });

  it('says why each time, and what it waits for exactly while it holds', () => {
    always(policy, ({ judged }) => {
      for (const { judgement } of judged) {
        expect(judgement.reason.length).toBeGreaterThan(10);
        expect(judgement.stage !== undefined).toBe(judgement.action === Action.Advance);
        expect(judgement.waitsFor !== undefined).toBe(judgement.action === Action.Hold);
      }
    });
  });

  it('has ended, or ends with the next look, once its time is over', () => {
    always(policy, ({ judged }) => {
      for (const { judgement, seconds } of judged) {
        if (seconds >= policy.maximumSeconds) expect(judgement.action).not.toBe(Action.Hold);
      }
    });
  });
});

describe('a promotion', () => {
  it('of a canary comes after every stage, the holdback included, with a verdict and the least sample', () => {
    let promotions = 0;
    always(canary, ({ rollout, judged }) => {
      if (rollout.status !== 'promoted') return;
      promotions += 1;
      expect(rollout.stages.map(({ name }) => name)).toEqual(['shadow', 'canary', 'holdback']);
      expect(judged.at(-1)?.evidence.verdict).toBe('promote');
      expect(rollout.pairs).toBeGreaterThanOrEqual(canary.minimumPairs);
      expect(rollout.end).toBe('verdict');
    });
    expect(promotions).toBeGreaterThan(0);
  });

  it('of a blue-green rollout says that it was baked, not judged', () => {
    let promotions = 0;
    always(baking, ({ rollout }) => {
      if (rollout.status !== 'promoted') return;
      promotions += 1;
      expect(rollout.end).toBe('baked');
    });
    expect(promotions).toBeGreaterThan(0);
  });
});
