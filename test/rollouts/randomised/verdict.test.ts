import { describe, expect, it } from '@jest/globals';
import { JudgedVerdict } from '../../../contracts/rollouts.ts';
import { Hypothesis, Verdict, VerdictReason } from '../../../contracts/verdicts.ts';
import { greatestEValue } from '../../../functions/rollouts/domain/evidence.ts';
import { applyBlock } from '../../../functions/rollouts/domain/randomised/process.ts';
import { startRandomisedProcess } from '../../../functions/rollouts/domain/randomised/state.ts';
import { decideRandomised } from '../../../functions/rollouts/domain/randomised/verdict.ts';
import { blockOf, guarded, verdictAfter } from './specimens.ts';

const equal = blockOf({ champion: [8, 32], challenger: [8, 32] });
const better = blockOf({ champion: [12, 28], challenger: [4, 36] });
const worse = blockOf({ champion: [4, 36], challenger: [16, 24] });
const failing = blockOf({ champion: [8, 32], challenger: [8, 32] }, 8);

describe('the verdict on randomised evidence', () => {
  it('is to hold before the first unit', () => {
    const verdict = verdictAfter(guarded(), equal, 0);
    expect(verdict).toMatchObject({
      verdict: Verdict.Hold,
      reason: VerdictReason.InsufficientEvidence,
      expired: false,
    });
    expect(verdict.message).toBe(
      'Hold: the evidence does not decide yet; no units of both arms so far; ' +
        'e-value 1 (20 needed) for promotion, 1 (10 needed) for rollback.',
    );
    expect(verdict.numbers).toMatchObject({ units: 0, meanChampion: null, difference: null, interval: [-1, 1] });
  });

  it('is to promote a challenger that is not worse, once every guardrail holds', () => {
    const verdict = verdictAfter(guarded(), equal, 60);
    expect(verdict).toMatchObject({ verdict: Verdict.Promote, reason: VerdictReason.NonInferior });
    expect(verdict.numbers.eValueGuardrails).toBeGreaterThanOrEqual(20);
    expect(verdict.message).toMatch(/^Promote: the challenger is not worse by 5 points or more, and every guardrail/);
  });

  it('is to promote a challenger that is better, where better is asked for', () => {
    const policy = guarded({ hypothesis: Hypothesis.Superiority });
    expect(verdictAfter(policy, better, 20)).toMatchObject({
      reason: VerdictReason.Superior,
      verdict: Verdict.Promote,
    });
    expect(verdictAfter(policy, equal, 60).verdict).toBe(Verdict.Hold);
  });

  it('waits for the guardrails where the reward is shown alone', () => {
    const policy = guarded({ guardrails: { answered: { margin: 0.001, binary: true } }, minimumUnits: 1 });
    const verdict = verdictAfter(policy, better, 5);
    expect(verdict).toMatchObject({ verdict: Verdict.Hold, reason: VerdictReason.GuardrailsOpen });
    expect(verdict.message).toMatch(
      /but not yet that every guardrail holds \(answered within 0.1 points\).* for the guard/,
    );
  });

  it('waits for the units that the policy asks for', () => {
    const verdict = verdictAfter(guarded({ minimumUnits: 5000 }), equal, 60);
    expect(verdict).toMatchObject({ verdict: Verdict.Hold, reason: VerdictReason.TooFewUnits });
    expect(verdict.message).toContain('waits for 5000 units');
  });

  it('is to roll back a challenger whose reward is worse, or whose guardrail is', () => {
    expect(verdictAfter(guarded(), worse, 10)).toMatchObject({
      verdict: Verdict.RollBack,
      reason: VerdictReason.WorseThanMargin,
    });
    const broken = verdictAfter(guarded(), failing, 10);
    expect(broken).toMatchObject({ verdict: Verdict.RollBack, reason: VerdictReason.GuardrailsWorse });
    expect(broken.numbers.guardrailDifferences.answered).toBeCloseTo(-0.2, 12);
    expect(broken.message).toMatch(/worse on its guardrails than their margins \(answered within 2 points\)/);
  });

  it('needs the metrics together for a rollback, so one of two needs twice the e-value', () => {
    const alone = verdictAfter(guarded({ guardrails: {}, rollbackAlpha: 0.4 }), { ...worse }, 1).numbers;
    const together = verdictAfter(guarded({ rollbackAlpha: 0.4 }), worse, 1).numbers;
    expect(alone.eValueRollback).toBeCloseTo(alone.eValueRollbackReward, 9);
    expect(together.eValueRollback).toBeLessThan(together.eValueRollbackReward);
  });

  it('looks for harm first: a rollback is given with the split broken, labels missing and the time over', () => {
    const lost = { ...worse, weight: 100 };
    const verdict = verdictAfter(guarded(), lost, 10, { deadlinePassed: true, labelsMissing: true });
    expect(verdict.numbers.eValueSampleRatio).toBeGreaterThan(1000);
    expect(verdict.verdict).toBe(Verdict.RollBack);
  });

  it('holds where the arms have not the sizes of the split, whatever is shown', () => {
    const verdict = verdictAfter(guarded(), { ...equal, weight: 2500 }, 60);
    expect(verdict).toMatchObject({ verdict: Verdict.Hold, reason: VerdictReason.SampleRatio });
    expect(verdict.numbers.eValuePromote).toBeGreaterThan(20);
    expect(verdict.message).toMatch(/sizes of the split.*\(1000 needed\) against the split\.$/);
  });

  it('holds where labels are missing more often in one arm, whatever is shown', () => {
    expect(verdictAfter(guarded(), equal, 60, { deadlinePassed: false, labelsMissing: true })).toMatchObject({
      verdict: Verdict.Hold,
      reason: VerdictReason.LabelsMissing,
      expired: false,
    });
  });

  it('holds the weight of a challenger that is a little worse', () => {
    const policy = guarded({ margin: 0.3, hypothesis: Hypothesis.Superiority });
    const verdict = verdictAfter(policy, blockOf({ champion: [4, 36], challenger: [8, 32] }), 20);
    expect(verdict).toMatchObject({ verdict: Verdict.Hold, reason: VerdictReason.Tripwire });
    expect(verdict.message).toMatch(/not yet shown to be by 30 points.*\(20 needed\) for holding the weight\.$/);
  });

  it('expires at the horizon of units or of time, but not a promotion that is shown by then', () => {
    const policy = guarded({ maximumUnits: 800, hypothesis: Hypothesis.Superiority });
    expect(verdictAfter(policy, equal, 9).expired).toBe(false);
    expect(verdictAfter(policy, equal, 10)).toMatchObject({ reason: VerdictReason.HorizonReached, expired: true });
    expect(verdictAfter(policy, equal, 1, { deadlinePassed: true }).expired).toBe(true);
    expect(verdictAfter(guarded(), equal, 60, { deadlinePassed: true }).verdict).toBe(Verdict.Promote);
    expect(verdictAfter(guarded(), { ...equal, weight: 2500 }, 60, { deadlinePassed: true }).expired).toBe(true);
  });

  it('stands once it has been shown, though the evidence falls again', () => {
    const policy = guarded({ hypothesis: Hypothesis.Superiority });
    const shown = [...Array.from({ length: 20 }, () => better), ...Array.from({ length: 6 }, () => worse)];
    const state = shown.reduce((before, block) => applyBlock(before, block, policy), startRandomisedProcess(policy));
    const { verdict, numbers } = decideRandomised(state, { ...policy, rollbackAlpha: 1e-9 }, { deadlinePassed: false });
    expect(numbers.logEvidencePromote).toBeLessThan(Math.log(numbers.eValuePromote));
    expect(verdict).toBe(Verdict.Promote);
  });

  it('tells what was seen: means over all units, the difference within stages', () => {
    const policy = guarded({ guardrails: {} });
    const early = { stage: 'a', weight: 1000, champion: { reward: [10, 90] }, challenger: { reward: [1, 9] } };
    const late = { stage: 'b', weight: 5000, champion: { reward: [50, 50] }, challenger: { reward: [50, 50] } };
    const state = [early, late].reduce(
      (before, block) => applyBlock(before, block, policy),
      startRandomisedProcess(policy),
    );
    const { numbers, message } = decideRandomised(state, policy, { deadlinePassed: false });
    expect(numbers.unitsByStage).toEqual({ a: 110, b: 200 });
    expect(numbers.meanChampion).toBeCloseTo(0.7, 12);
    expect(numbers.meanChallenger).toBeCloseTo(59 / 110, 12);
    expect(numbers.difference).toBeCloseTo(0, 12);
    expect(message).toContain("mean reward is 0.536 in 110 units and the champion's 0.7 in 200");
  });

  it('stays writable where the evidence is beyond the range of doubles, and of DynamoDB', () => {
    const verdict = verdictAfter(guarded(), blockOf({ champion: [1e6, 0], challenger: [0, 1e6] }), 2);
    expect(verdict.numbers.eValuePromote).toBe(greatestEValue);
    expect(greatestEValue).toBeLessThan(1e126);
    expect(JudgedVerdict.shape.numbers.parse(JSON.parse(JSON.stringify(verdict.numbers)))).toEqual(verdict.numbers);
  });
});
