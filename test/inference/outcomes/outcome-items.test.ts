import { describe, expect, test } from '@jest/globals';
import { Arm, OutcomeEvidence } from '../../../contracts/inference.ts';
import { OutcomePolicy } from '../../../contracts/model.ts';
import { evidenceItem } from '../../../functions/inference/outcomes/outcome-items.ts';

const daySeconds = 86_400;
/** By which a judge may be late: it has a backlog, or nobody has run it. */
const slackSeconds = 90 * daySeconds;

describe('an outcome that is evidence', () => {
  test('is kept until the judge of the slowest policy has read it, however late that is', () => {
    const longest = 90 * daySeconds;
    const slowest = { windowSeconds: longest, unitSeconds: longest };
    for (const name of ['windowSeconds', 'unitSeconds'] as const) {
      expect(OutcomePolicy.safeParse({ ...slowest, [name]: longest + 1 }).success).toBe(false);
    }
    const { windowSeconds, unitSeconds } = OutcomePolicy.parse(slowest);
    const receivedAt = Date.parse('2026-03-02T12:00:00.000Z');
    const prediction = {
      ...{ tenant: 'acme', model: 'm', nonce: 'n', version: 'v1.0.0', assignedAt: receivedAt },
      rollout: { rollout: 'rol', arm: Arm.Champion, stage: 'canary', assigned: 'v1.0.0', failed: false },
    };
    const item = evidenceItem(prediction, { reward: 1, evidence: OutcomeEvidence.Counts, positive: true }, receivedAt);
    expect(item?.ttl).toBeGreaterThanOrEqual(receivedAt / 1000 + windowSeconds + unitSeconds + slackSeconds);
  });
});
