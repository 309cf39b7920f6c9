import { beforeAll, describe, expect, it } from '@jest/globals';
import type { DemoReport } from '../../local/demo/report.ts';
import { runDemo } from '../../local/demo/run-demo.ts';

describe('the demo', () => {
  let report: DemoReport;

  beforeAll(async () => {
    report = await runDemo({ seed: 20_261_121 });
  }, 900_000);

  it('loses no case, and says what became of each', () => {
    const { received, accepted, quarantined, refused, lost } = report.cases;
    expect(lost).toBe(0);
    expect(accepted + refused + Object.values(quarantined).reduce((sum, count) => sum + count, 0)).toBe(received);
    expect(quarantined).toEqual({
      'missing-feature': 1,
      'wrong-type': 1,
      'unknown-label': 1,
      'low-confidence': 1,
      'no-validator': 1,
      duplicate: 1,
    });
    expect(refused).toBe(2);
  });

  it('promotes the better version and rolls the worse and the broken one back', () => {
    expect(report.rollouts.map(({ end }) => end)).toEqual(['promoted', 'promoted', 'rolled-back', 'rolled-back']);
    expect(report.rollbacks.map(({ cause }) => cause)).toEqual(['verdict', 'alarm']);
    expect(report.accuracy.after).toBeGreaterThan(report.accuracy.before - 0.03);
  });

  it('answers every request, also while the broken version had its share', () => {
    const { sent, answered, unserved, fallback } = report.requests;
    expect({ unserved, answered }).toEqual({ unserved: 0, answered: sent });
    expect(fallback).toBeGreaterThan(0);
  });

  it('leaves no identifier behind the door', () => {
    expect(report.identifiersFound).toBe(0);
  });
});
