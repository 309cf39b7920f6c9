import { describe, expect, it } from '@jest/globals';
import { JudgedVerdict } from '../../contracts/rollouts.ts';
import { Hypothesis, isExpired, stopsRamp, Verdict, VerdictReason, verdictOf } from '../../contracts/verdicts.ts';
import { greatestEValue } from '../../functions/rollouts/domain/evidence.ts';
import { definePairedPolicy, type PairedPolicy } from '../../functions/rollouts/domain/paired-policy.ts';
import {
  applyBlock,
  type PairCounts,
  type PairedState,
  startPairedProcess,
} from '../../functions/rollouts/domain/paired-process.ts';
import { decide } from '../../functions/rollouts/domain/verdict.ts';

const running = { deadlinePassed: false };

const replay = (policy: PairedPolicy, blocks: readonly PairCounts[]) =>
  blocks.reduce<PairedState>((state, block) => applyBlock(state, block, policy), startPairedProcess(policy));

const repeat = (count: number, block: Partial<PairCounts>): PairCounts[] =>
  Array.from({ length: count }, () => ({ both: 0, championOnly: 0, challengerOnly: 0, neither: 0, ...block }));

const better = { both: 22, challengerOnly: 2, neither: 1 };
const worse = { both: 20, championOnly: 4, neither: 1 };
const slightlyWorse = { both: 47, championOnly: 3, challengerOnly: 1, neither: 1 };

describe('a verdict', () => {
  it('holds without pairs, with numbers that say so', () => {
    const policy = definePairedPolicy();
    const { numbers, ...verdict } = decide(startPairedProcess(policy), policy, running);
    expect(verdict).toMatchObject({
      verdict: Verdict.Hold,
      reason: VerdictReason.InsufficientEvidence,
      expired: false,
    });
    expect(verdict.message).toContain('no pairs so far');
    expect(numbers).toMatchObject({ pairs: 0, meanChampion: null, meanChallenger: null, difference: null });
    expect(numbers.interval).toEqual([-1, 1]);
  });

  it('promotes a challenger shown not to be worse by the margin', () => {
    const policy = definePairedPolicy();
    const verdict = decide(replay(policy, repeat(8, better)), policy, running);
    expect(verdict).toMatchObject({ verdict: Verdict.Promote, reason: VerdictReason.NonInferior });
    expect(verdict.numbers.eValuePromote).toBeGreaterThanOrEqual(verdict.numbers.thresholdPromote);
  });

  it('promotes under superiority only a challenger shown to be better', () => {
    const policy = definePairedPolicy({ hypothesis: Hypothesis.Superiority });
    const equal = replay(policy, repeat(100, { both: 23, challengerOnly: 1, championOnly: 1 }));
    expect(decide(equal, policy, running).verdict).toBe(Verdict.Hold);
    const superior = replay(policy, repeat(8, better));
    expect(decide(superior, policy, running)).toMatchObject({
      verdict: Verdict.Promote,
      reason: VerdictReason.Superior,
    });
  });

  it('rolls back a challenger shown to be worse by more than the margin, however few the pairs', () => {
    const policy = definePairedPolicy();
    const verdict = decide(replay(policy, repeat(2, worse)), policy, running);
    expect(verdict.numbers.pairs).toBeLessThan(policy.minimumPairs);
    expect(verdict).toMatchObject({ verdict: Verdict.RollBack, reason: VerdictReason.WorseThanMargin, expired: false });
  });

  it('rolls back rather than promotes when the challenger turns bad after it was shown to be good', () => {
    const policy = definePairedPolicy();
    const verdict = decide(replay(policy, [...repeat(8, better), ...repeat(30, worse)]), policy, running);
    expect(verdict.numbers.eValuePromote).toBeGreaterThanOrEqual(verdict.numbers.thresholdPromote);
    expect(verdict.verdict).toBe(Verdict.RollBack);
  });

  it('keeps what was once shown, although the evidence has fallen since', () => {
    const policy = definePairedPolicy();
    const verdict = decide(replay(policy, [...repeat(8, better), ...repeat(4, slightlyWorse)]), policy, running);
    expect(verdict.numbers.logEvidencePromote).toBeLessThan(Math.log(verdict.numbers.eValuePromote));
    expect(verdict.verdict).toBe(Verdict.Promote);
  });

  it('holds for the minimum of pairs, and promotes with the pair that reaches it', () => {
    const policy = definePairedPolicy({ minimumPairs: 400 });
    const waiting = replay(policy, repeat(15, better));
    expect(decide(waiting, policy, running)).toMatchObject({
      verdict: Verdict.Hold,
      reason: VerdictReason.TooFewPairs,
    });
    const enough = applyBlock(waiting, { both: 25, championOnly: 0, challengerOnly: 0, neither: 0 }, policy);
    expect(decide(enough, policy, running).verdict).toBe(Verdict.Promote);
  });

  it('stops the ramp for a challenger that is worse, but not by more than the margin', () => {
    const policy = definePairedPolicy({ margin: 0.05 });
    const verdict = decide(replay(policy, repeat(20, slightlyWorse)), policy, running);
    expect(verdict).toMatchObject({ verdict: Verdict.Hold, reason: VerdictReason.Tripwire, expired: false });
    expect(verdict.message).toContain('(20 needed) for holding the weight');
    expect(stopsRamp(verdict.reason)).toBe(true);
  });

  it.each([
    ['pairs', { maximumPairs: 500 }, running],
    ['time', {}, { deadlinePassed: true }],
  ])('expires and keeps the champion when the rollout runs out of %s', (_, settings, context) => {
    const policy = definePairedPolicy(settings);
    const blocks = repeat(20, { both: 21, championOnly: 2, challengerOnly: 2 });
    expect(decide(replay(policy, blocks), policy, context)).toMatchObject({
      verdict: Verdict.Hold,
      reason: VerdictReason.HorizonReached,
      expired: true,
    });
  });

  it('promotes what is shown even as the time runs out', () => {
    const policy = definePairedPolicy();
    expect(decide(replay(policy, repeat(8, better)), policy, { deadlinePassed: true }).verdict).toBe(Verdict.Promote);
  });

  it('carries the numbers that it was reached by', () => {
    const policy = definePairedPolicy({ margin: 0.05 });
    const blocks = [{ both: 80, championOnly: 4, challengerOnly: 6, neither: 10 }];
    const { numbers, message } = decide(replay(policy, blocks), policy, running);
    expect(numbers).toMatchObject({
      pairs: 100,
      discordant: 10,
      challengerOnlyRight: 6,
      championOnlyRight: 4,
      meanChampion: 0.84,
      meanChallenger: 0.86,
      difference: 0.02,
      thresholdPromote: 20,
      thresholdRollback: 10,
      thresholdTripwire: 20,
    });
    expect(numbers.interval[0]).toBeLessThan(0.02);
    expect(numbers.interval[1]).toBeGreaterThan(0.02);
    expect(message).toContain(
      'in 100 pairs the challenger alone was right 6 times and the champion alone 4 times (+2 points)',
    );
    expect(message).toMatch(/e-value \d+(\.\d+)? \(20 needed\) for promotion, 1 \(10 needed\) for rollback\.$/);
  });

  it('stays writable as JSON when the evidence is beyond the range of doubles', () => {
    const policy = definePairedPolicy();
    const verdict = decide(replay(policy, repeat(1, { challengerOnly: 1e6 })), policy, running);
    expect(verdict.numbers.eValuePromote).toBe(greatestEValue);
    expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
    expect(JudgedVerdict.shape.numbers.parse(verdict.numbers)).toEqual(verdict.numbers);
  });
});

describe('the reasons for a verdict', () => {
  it('each stand for one verdict, and only the horizon expires', () => {
    const reasons = Object.values(VerdictReason);
    expect(reasons.map(verdictOf).every((verdict) => Object.values(Verdict).includes(verdict))).toBe(true);
    expect(reasons.filter(isExpired)).toEqual([VerdictReason.HorizonReached]);
  });
});
