import { describe, expect, it } from '@jest/globals';
import { ModelDeclaration } from '../../../contracts/model.ts';
import { Hypothesis } from '../../../contracts/verdicts.ts';
import { nullsOf } from '../../../functions/rollouts/domain/randomised/nulls.ts';
import {
  defineRandomisedPolicy,
  hasWindows,
  InvalidRandomisedPolicyError,
  randomisedPolicyOf,
} from '../../../functions/rollouts/domain/randomised/policy.ts';
import { startRandomisedProcess } from '../../../functions/rollouts/domain/randomised/state.ts';

const declared = (fields: object, policies: object = {}): ModelDeclaration =>
  ModelDeclaration.parse({
    task: 'tabular-classification',
    schema: {
      fields: { age: { kind: 'feature', type: 'number' }, ...fields },
      label: { type: 'category', classes: ['no', 'yes'] },
    },
    policies,
  });

const subject = { patient: { kind: 'subject' } };

describe('a randomised policy', () => {
  it('defaults to non-inferiority of a score by 2 points at 5% and 10%', () => {
    expect(defineRandomisedPolicy()).toEqual({
      hypothesis: 'non-inferiority',
      promotionAlpha: 0.05,
      rollbackAlpha: 0.1,
      metrics: [
        {
          name: 'reward',
          bins: 21,
          margin: 0.02,
          priorMean: 0.5,
          priorUnits: 20,
          promotionEffects: [0.01, 0.02, 0.04],
          rollbackEffects: [0.03, 0.08, 0.2],
        },
      ],
      rampMargin: 0.05,
      rampEffects: [0.037500000000000006, 0.07500000000000001, 0.15000000000000002],
      rollbackReserve: { share: 0.3, firstUnits: 100, parts: 6 },
      tripwireThreshold: 20,
      sampleRatioThreshold: 1000,
      minimumUnits: 200,
      maximumUnits: 20_000,
    });
  });

  it('looks for smaller improvements of scores than of rewards that are 0 or 1', () => {
    const effects = (binary: boolean) =>
      defineRandomisedPolicy({ hypothesis: Hypothesis.Superiority, binary }).metrics[0]?.promotionEffects;
    expect(effects(true)).toEqual([0.015, 0.03, 0.06]);
    expect(effects(false)).toEqual([0.007, 0.014, 0.028]);
  });

  it('judges guardrails by non-inferiority, each by its own margin, whatever the reward is judged by', () => {
    const policy = defineRandomisedPolicy({
      hypothesis: Hypothesis.Superiority,
      guardrails: { answered: { margin: 0.01 }, prompt: { margin: 0.05, binary: true } },
    });
    const boundaries = nullsOf(policy).metrics.map(({ metric, promotion, rollback }) => [
      metric.name,
      metric.bins,
      promotion.boundary,
      rollback.boundary,
    ]);
    expect(boundaries).toEqual([
      ['reward', 21, 0, -0.02],
      ['answered', 21, -0.01, -0.01],
      ['prompt', 2, -0.05, -0.05],
    ]);
  });

  it('is made of what a model declares', () => {
    const rollout = {
      evidence: 'randomised',
      margin: 0.03,
      guardrails: { failure: 0.01, slow: 0.1 },
      maximumUnits: 500,
    };
    const policy = randomisedPolicyOf(declared({}, { rollout }), 0.7);
    expect(policy).toMatchObject({ hypothesis: 'non-inferiority', minimumUnits: 200, maximumUnits: 500 });
    expect(policy.metrics).toMatchObject([
      { name: 'reward', bins: 21, margin: 0.03, priorMean: 0.7, priorUnits: 20 },
      { name: 'answered', bins: 2, margin: 0.01 },
      { name: 'prompt', bins: 2, margin: 0.1 },
    ]);
  });

  it('expects hardly anything of a champion without a history', () => {
    expect(randomisedPolicyOf(declared({})).metrics[0]).toMatchObject({ priorMean: 0.5, priorUnits: 2 });
  });

  it('has 21 bins for guardrails too where the predictions of a subject are one unit', () => {
    expect(randomisedPolicyOf(declared(subject)).metrics.map(({ bins }) => bins)).toEqual([21, 21, 21]);
    const { schema, policies } = declared(subject);
    expect(hasWindows(schema, policies.outcomes)).toBe(true);
    expect(hasWindows(schema, { ...policies.outcomes, unitSeconds: 0 })).toBe(false);
    expect(hasWindows(declared({}).schema, policies.outcomes)).toBe(false);
  });

  it.each([
    [
      { hypothesis: 'equality' as Hypothesis },
      'expected hypothesis to be non-inferiority or superiority, got "equality"',
    ],
    [{ margin: 0 }, 'expected margin of reward to be a number in (0, 0.5], got 0'],
    [{ margin: Number.NaN }, 'expected margin of reward to be a number in (0, 0.5], got NaN'],
    [{ priorMean: 1.1 }, 'expected priorMean of reward to be a number in [0, 1], got 1.1'],
    [{ priorUnits: 0 }, 'expected priorUnits of reward to be a number in (0, 1000], got 0'],
    [{ promotionAlpha: 0.5 }, 'expected promotionAlpha to be a number in [1e-9, 0.5), got 0.5'],
    [{ rollbackAlpha: 0 }, 'expected rollbackAlpha to be a number in [1e-9, 0.5), got 0'],
    [{ promotionEffects: [] }, 'expected promotionEffects of reward to be 1 to 8 ascending numbers in (0, 2], got []'],
    [{ rollbackEffects: [0.1, 0.1] }, 'got [0.1,0.1]'],
    [{ rampEffects: [3] }, 'expected rampEffects to be 1 to 8 ascending numbers in (0, 2], got [3]'],
    [{ rampMargin: -0.1 }, 'expected rampMargin to be a number in (0, 0.5], got -0.1'],
    [{ rollbackReserve: { share: 0.3, firstUnits: 0, parts: 6 } }, 'firstUnits from 1'],
    [{ tripwireThreshold: 1 }, 'expected tripwireThreshold to be a number in (1, 1e9], got 1'],
    [{ sampleRatioThreshold: Number.POSITIVE_INFINITY }, 'expected sampleRatioThreshold to be a number in (1, 1e9]'],
    [{ minimumUnits: 0.5 }, 'expected minimumUnits to be a whole number from 1, got 0.5'],
    [{ minimumUnits: 9, maximumUnits: 8 }, 'expected maximumUnits to be a whole number from minimumUnits (9), got 8'],
    [{ guardrails: { answered: { margin: 1 } } }, 'expected margin of answered to be a number in (0, 0.5], got 1'],
    [
      { guardrails: { reward: {} } },
      'expected metrics to be 1 to 8 metrics of different names, got ["reward","reward"]',
    ],
    [{ guardrails: { 'No name': {} } }, 'expected the name of No name to be 1 to 32 lower-case letters, digits and -'],
  ])('refuses %j', (settings, message) => {
    expect(() => defineRandomisedPolicy(settings)).toThrow(InvalidRandomisedPolicyError);
    expect(() => defineRandomisedPolicy(settings)).toThrow(message);
  });

  it('names every fault at once and what to do next', () => {
    expect(() => defineRandomisedPolicy({ margin: 2, minimumUnits: 0 })).toThrow(
      /margin of reward.*minimumUnits.*start the rollout\.$/,
    );
  });

  it('is checked again where a process starts from one that was never completed', () => {
    expect(() => startRandomisedProcess({ ...defineRandomisedPolicy(), rampMargin: -1 })).toThrow(
      InvalidRandomisedPolicyError,
    );
    expect(() => startRandomisedProcess({ ...defineRandomisedPolicy(), metrics: [] })).toThrow(
      InvalidRandomisedPolicyError,
    );
  });
});
