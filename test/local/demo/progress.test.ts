import { describe, expect, it } from '@jest/globals';
import { RolloutPolicy } from '../../../contracts/rollout-policy.ts';
import { Rollout } from '../../../contracts/rollouts.ts';
import { standing } from '../../../local/demo/rollouts.ts';
import { startTimeline } from '../../../local/demo/timeline.ts';
import { openTraffic } from '../../../local/demo/traffic.ts';

describe('a running rollout', () => {
  const rollout = Rollout.parse({
    id: 'rol_01JZZZZZZZZZZZZZZZZZZZZZZZ',
    model: 'diagnosis',
    kind: 'challenger',
    status: 'running',
    version: 'v1.1.0',
    reason: 'It passed the gate.',
    policy: RolloutPolicy.parse({}),
    startedAt: '2026-01-02T03:04:05.000Z',
    stage: 'shadow',
    stages: [],
    pairs: 70,
    failures: 0,
  });

  it('is told by its evidence, on the way to the thresholds that its policy sets', () => {
    const verdict = {
      at: '2026-01-02T03:04:05.000Z',
      stage: 'shadow',
      verdict: 'hold',
      reason: 'insufficient-evidence',
      message: 'Hold.',
      numbers: { eValuePromote: 3.456, thresholdPromote: 1 / 0.03, eValueRollback: 0.1, thresholdRollback: 4 },
    } as const;
    expect(standing({ ...rollout, verdict })).toBe(
      'v1.1.0 at shadow: 70 pairs; evidence 3.5 of 33.3 for promotion, 0.10 of 4 for rollback',
    );
  });

  it('has no evidence before its first verdict', () => {
    expect(standing(rollout)).toBe('v1.1.0 at shadow: 70 pairs; no evidence yet');
  });
});

describe('a timeline', () => {
  it('that waits in vain says for what, and where the logs of this demo are', async () => {
    const timeline = startTimeline(() => undefined, '/somewhere/calling-score');
    const waiting = timeline.until('the moon', 0, () => Promise.resolve({ waiting: 'no moon yet' }));
    timeline.close();
    await expect(waiting).rejects.toThrow(
      'Expected the moon within 0 s; the last that was seen: nothing. The logs are in /somewhere/calling-score.',
    );
  });
});

describe('traffic', () => {
  it('that was stopped does not begin again', async () => {
    const traffic = openTraffic({} as never, 'diagnosis', () => undefined);
    await traffic.stop();
    traffic.start(() => {
      throw new Error('Nobody may ask any more.');
    });
    await traffic.stop();
  });
});
