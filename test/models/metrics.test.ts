import { describe, expect, test } from '@jest/globals';
import { shareRight, VersionMetrics } from '../../contracts/metrics.ts';
import { bytesOf } from './trained.ts';

const holdoutOf = (name: string) => {
  const { metrics } = JSON.parse(new TextDecoder().decode(bytesOf(`${name}/model.json`)));
  const { holdout } = VersionMetrics.parse(metrics);
  if (holdout === null) throw new Error('expected metrics of a holdout');
  return holdout;
};

describe('the share of answers that were right', () => {
  test('is the accuracy of a classifier', () => {
    const holdout = holdoutOf('logistic');
    expect(shareRight(holdout)).toBe(holdout.accuracy);
    expect(shareRight(holdout)).toBeGreaterThan(0.9);
  });

  test('is what a regressor answered within the tolerance of the label', () => {
    expect(shareRight(holdoutOf('regression'))).toBe(0.8);
  });
});
