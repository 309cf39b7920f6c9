import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { MetricName } from '../../contracts/telemetry.ts';
import { planAlarms } from '../../functions/rollouts/domain/alarm-plan.ts';
import { greatestEValue } from '../../functions/rollouts/domain/evidence.ts';
import { reportHarm } from '../../functions/rollouts/operations/report-metrics.ts';
import { begun, policyWith, rolloutId } from './specimens.ts';

/** What CloudWatch takes; a value beyond it is refused. */
const greatestValue = 2 ** 360;

let printed: string[];
beforeEach(() => {
  printed = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
});
afterEach(() => {
  jest.restoreAllMocks();
});

const reported = (harm: Parameters<typeof reportHarm>[2]): Record<string, number> => {
  reportHarm({ now: () => 0 }, rolloutId(1), harm);
  return JSON.parse(printed.at(-1) ?? '{}');
};

describe('what the evidence says of harm', () => {
  it('is reported as it is, and nothing of what is not known', () => {
    const line = reported({
      worseThanMargin: 0.5,
      missingLabelsDiffer: 1.5,
      missingLabels: { champion: 0, challenger: null },
    });
    expect(line).toMatchObject({
      [MetricName.WorseThanMargin]: 0.5,
      [MetricName.MissingLabelsDiffer]: 1.5,
      [MetricName.ChampionMissingLabels]: 0,
    });
    expect(line).not.toHaveProperty(MetricName.ChallengerMissingLabels);
    expect(line).not.toHaveProperty(MetricName.ScoreDrift);
  });

  it('is reported where it is overwhelming too: within what CloudWatch takes, and above each threshold', () => {
    const line = reported({ worseThanMargin: greatestEValue / 10, missingLabelsDiffer: greatestEValue / 100 });
    const { rollout } = begun(policyWith({ evidence: 'randomised' }));
    const watching = planAlarms(rollout).alarms.filter(({ metric }) => line[metric] !== undefined);
    expect(watching.map(({ metric }) => metric)).toEqual([MetricName.WorseThanMargin, MetricName.MissingLabelsDiffer]);
    for (const { metric, threshold } of watching) {
      expect(line[metric]).toBeLessThan(greatestValue);
      expect(line[metric]).toBeGreaterThan(threshold);
    }
  });
});
