import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from '@jest/globals';
import { Plan } from '../../contracts/rollouts.ts';
import type { EvidenceKind } from '../../contracts/verdicts.ts';
import type { Planned, PlanRequest } from './planning.ts';

const ask = async (request: PlanRequest): Promise<Planned> => {
  const worker = new Worker(new URL('./planning.ts', import.meta.url), { workerData: request });
  const [planned] = await once(worker, 'message');
  return planned;
};

const plan = async (asked: PlanRequest['asked'], given: Omit<PlanRequest, 'asked'> = {}): Promise<Plan> => {
  const planned = await ask({ asked, ...given });
  if ('plan' in planned) return planned.plan;
  throw new Error(`Expected a plan, got ${planned.refused.name}: ${planned.refused.message}`);
};

const evidencePlan = ({ plans }: Plan, kind: EvidenceKind) => {
  const found = plans.find(({ evidence }) => evidence === kind);
  if (found === undefined) throw new Error(`Expected a plan for ${kind} evidence.`);
  return found;
};

const verdictAt = (of: Plan, kind: EvidenceKind, difference: number) => {
  const found = evidencePlan(of, kind).verdicts.find((verdict) => verdict.difference === difference);
  if (found === undefined) throw new Error(`Expected a verdict at ${difference}.`);
  return found;
};

/** 1,000 cases a week, 90% right, 8% of pairs in disagreement. */
const clinic = { labelsPerDay: 1000 / 7, accuracy: 0.9, disagreement: 0.08 };

describe('the plan of a clinic with 1,000 cases a week', () => {
  // Harm of any size is to be found, at an error of 5%: the margin is next to nothing.
  const asked = { ...clinic, margin: 0.001, differences: [-0.1, -0.05, -0.02] };
  it('finds a drop of 2 points in about 12 days, of 5 in 3 and of 10 in 2', async () => {
    const found = await plan(asked, { rollout: { rollbackAlpha: 0.05 } });
    const days = [-0.02, -0.05, -0.1].map((difference) => verdictAt(found, 'paired', difference).days ?? Infinity);
    expect(days[0]).toBeGreaterThan(7);
    expect(days[0]).toBeLessThan(15);
    expect(days[1]).toBeLessThanOrEqual(3);
    expect(days[2]).toBeLessThanOrEqual(2);
  });

  it('promotes an equal version under the default margin, and says when', async () => {
    const paired = await plan(clinic);
    expect(evidencePlan(paired, 'paired').concludes).toBe(true);
    const { verdict, days, daysP90, expired } = verdictAt(paired, 'paired', 0);
    expect({ verdict, orderly: (days ?? 0) < (daysP90 ?? 0) }).toEqual({ verdict: 'promote', orderly: true });
    expect(expired).toBeLessThan(0.2);
  });

  it('needs some 34,000 rewards to see 2 points at a constant 5% without pairs', async () => {
    const lasting = { maximumSeconds: 31_536_000, maximumUnits: 200_000, rollbackAlpha: 0.05 };
    const unpaired = await plan(
      {
        outcomesPerDay: 1000,
        meanReward: 0.9,
        margin: 0.001,
        stages: [{ name: 'canary-5', weight: 5 }],
        differences: [-0.02],
      },
      { rollout: { ...lasting, evidence: 'randomised' } },
    );
    const { samples } = verdictAt(unpaired, 'randomised', -0.02);
    expect(samples).toBeGreaterThan(20_000);
    expect(samples).toBeLessThan(60_000);
  });
});

describe('a plan', () => {
  it('answers the same question the same way', async () => {
    const asked = { ...clinic, outcomesPerDay: 500 };
    expect(await plan(asked)).toEqual(await plan(asked));
  });

  it('has the shape that the API promises, and is there within seconds', async () => {
    const planned = await ask({ asked: { ...clinic, outcomesPerDay: 1000 }, rollout: { evidence: 'randomised' } });
    if (!('plan' in planned)) throw new Error('Expected a plan.');
    expect(Plan.parse(planned.plan).plans.map(({ evidence }) => evidence)).toEqual(['paired', 'randomised']);
    // About a second of a processor; a slow one that others share may take some times as long.
    expect(planned.cpuSeconds).toBeLessThan(15);
  });

  it('gives shares that add up to one', async () => {
    for (const { verdicts } of (await plan({ ...clinic, outcomesPerDay: 1000 })).plans) {
      for (const { promoted, rolledBack, expired } of verdicts) expect(promoted + rolledBack + expired).toBeCloseTo(1);
    }
  });

  it('takes what is given before what is measured, and shows what it took', async () => {
    const measured = { labelsPerDay: 10, accuracy: 0.7, disagreement: 0.2, outcomesPerDay: 3, meanReward: 0.4 };
    const { assumed } = await plan({ labelsPerDay: 50, differences: [0] }, { measured });
    expect(assumed).toMatchObject({ ...measured, labelsPerDay: 50, margin: 0.02 });
  });

  it('says what it had to guess', async () => {
    const { warnings } = evidencePlan(await plan({ labelsPerDay: 500, differences: [0] }), 'paired');
    expect(warnings.join('\n')).toMatch(/accuracy of 90% is assumed/);
    expect(warnings.join('\n')).toMatch(/in 10% of cases exactly one version is assumed to be right/);
  });

  it('is refused where nothing comes to judge by', async () => {
    const refused = { name: 'NoTrafficError', message: expect.stringContaining('labelsPerDay or outcomesPerDay') };
    expect(await ask({ asked: { labelsPerDay: 0, outcomesPerDay: 0 } })).toEqual({ refused });
    expect(await ask({ asked: {} })).toEqual({ refused });
  });

  it('says that a kind of evidence without traffic never concludes', async () => {
    const { plans } = await plan({ ...clinic, differences: [0] });
    const randomised = plans.find(({ evidence }) => evidence === 'randomised');
    expect(randomised).toMatchObject({ concludes: false, verdicts: [], samplesPerDay: 0 });
    expect(randomised?.warnings).toEqual([expect.stringContaining('needs rewards')]);
  });
});

describe('a plan warns', () => {
  const warningsOf = (of: Plan, kind: EvidenceKind) => evidencePlan(of, kind).warnings.join('\n');

  it('that time is too short, and says how long it would take', async () => {
    const slow = await plan({ ...clinic, labelsPerDay: 10, differences: [0] });
    expect(evidencePlan(slow, 'paired').concludes).toBe(false);
    expect(warningsOf(slow, 'paired')).toMatch(
      /in its 30 days \(maximumSeconds\) about 300 pairs come.*after [\d,]+ pairs, and end after [\d,]+ days/,
    );
  });

  it('that the samples allowed are too few', async () => {
    const capped = await plan({ ...clinic, differences: [0] }, { rollout: { maximumPairs: 200 } });
    expect(warningsOf(capped, 'paired')).toMatch(/it may take 200 pairs at most/);
  });

  it('that superiority is never shown of an equal version', async () => {
    const strict = await plan({ ...clinic, differences: [0.03] }, { rollout: { hypothesis: 'superiority' } });
    expect(evidencePlan(strict, 'paired').concludes).toBe(false);
    expect(warningsOf(strict, 'paired')).toMatch(/never shown to be better/);
    expect(verdictAt(strict, 'paired', 0.03).verdict).toBe('promote');
  });

  it('of a stage that gets its samples slowly, and of which few are the challenger’s', async () => {
    const thin = await plan({ outcomesPerDay: 20, differences: [0] }, { rollout: { evidence: 'randomised' } });
    expect(warningsOf(thin, 'randomised')).toMatch(
      /canary-5 asks for 100 units of its own, 5 of them of the challenger at 5%: 5 days/,
    );
    expect(warningsOf(thin, 'randomised')).toMatch(/At 5% alone it would take about [\d,]+ outcomes/);
  });

  it('of a label window that takes most of the time', async () => {
    const late = await plan(
      { outcomesPerDay: 1000, meanReward: 0.95, differences: [0] },
      { rollout: { evidence: 'randomised' }, outcomes: { windowSeconds: 604_800 } },
    );
    expect(warningsOf(late, 'randomised')).toMatch(/each of 3 stages waits about 7 days for its rewards/);
    expect(verdictAt(late, 'randomised', 0).days).toBeGreaterThan(20);
  });

  it('of differences that cannot be, and of disagreement that has to be larger', async () => {
    const odd = await plan({ ...clinic, accuracy: 0.98, differences: [0, 0.03, -0.1] });
    expect(evidencePlan(odd, 'paired').verdicts.map(({ difference }) => difference)).toEqual([0, -0.1]);
    expect(warningsOf(odd, 'paired')).toMatch(/\+3 points is left out/);
    expect(warningsOf(odd, 'paired')).toMatch(/10 points apart disagree in at least 10% of cases/);
  });

  it('of strategies and approvals that these verdicts do not end', async () => {
    const settings = { rollout: { strategy: 'blue-green', approval: {} } };
    expect(warningsOf(await plan({ ...clinic, differences: [0] }, settings), 'paired')).toMatch(
      /strategy is blue-green.*shows a canary[\s\S]*waits for a person/,
    );
  });

  it('that a subject counts once, where the units are subjects', async () => {
    const settings = { rollout: { evidence: 'randomised' }, fields: { record: { kind: 'subject' } } };
    expect(warningsOf(await plan({ outcomesPerDay: 5000, differences: [0] }, settings), 'randomised')).toMatch(
      /A subject counts once/,
    );
  });
});
