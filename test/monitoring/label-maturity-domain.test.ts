import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { delayEdges } from '../../contracts/label-delays.ts';
import { type Cohort, estimateDelays } from '../../functions/monitoring/domain/delay-curve.ts';
import { expectVerdict } from '../../functions/monitoring/domain/expected-verdict.ts';
import { matureDays } from '../../functions/monitoring/domain/label-days.ts';
import { describeMaturity } from '../../functions/monitoring/domain/label-maturity.ts';

const day = 86_400_000;
const now = Date.parse('2026-03-10T00:00:00.000Z');
const dayBefore = (days: number): string => new Date(now - days * day).toISOString().slice(0, 10);

/** Labels by the upper ends of their bins. */
const cohort = (daysOld: number, labels: Record<number, number>): Cohort => ({
  until: now - daysOld * day,
  delays: delayEdges.map((edge) => labels[edge] ?? 0),
});
const hour = 3600;

describe('the labels of days', () => {
  /** Each half of the labels comes within a day and within two. */
  const curve = [
    { seconds: 24 * hour, share: 0.5 },
    { seconds: 48 * hour, share: 1 },
  ];

  it('of an old day are what has come', () => {
    expect(matureDays([{ day: dayBefore(5), predictions: 200, labelled: 50 }], curve, now)).toEqual([
      { day: dayBefore(5), predictions: 200, labelled: 50, share: 0.25, expectedShare: 0.25 },
    ]);
  });

  it('of a young day are expected to come as those of the others did', () => {
    const [old, young] = matureDays(
      [
        { day: dayBefore(5), predictions: 1000, labelled: 400 },
        { day: dayBefore(1), predictions: 1000, labelled: 100 },
      ],
      curve,
      now,
    );
    expect(old?.expectedShare).toBeCloseTo(0.4, 6);
    // A quarter of the young day's labels has come: 100 of 400.
    expect(young?.share).toBeCloseTo(0.1, 6);
    expect(young?.expectedShare).toBeCloseTo(0.4, 2);
  });

  it('are shares between 0 and 1, also where the counts of predictions lag', () => {
    const counts = fc.record({
      day: fc.integer({ min: 0, max: 20 }).map(dayBefore),
      predictions: fc.nat(100),
      labelled: fc.nat(200),
    });
    fc.assert(
      fc.property(fc.array(counts, { maxLength: 10 }), (days) => {
        for (const { share, expectedShare, predictions } of matureDays(days, curve, now)) {
          const shares = [share, expectedShare].flatMap((value) => value ?? []);
          expect(shares.filter((value) => !(value >= 0 && value <= 1))).toEqual([]);
          expect(share === null).toBe(predictions === 0);
        }
      }),
    );
  });

  it('are expected to be nobody knows what while nothing was learnt', () => {
    expect(matureDays([{ day: dayBefore(0), predictions: 10, labelled: 1 }], [], now)).toMatchObject([
      { share: 0.1, expectedShare: null },
    ]);
  });
});

describe('the verdict that is expected', () => {
  const progress = {
    rollout: 'rol_1',
    startedAt: now - 10 * day,
    deadline: now + 20 * day,
    samples: 100,
    needed: 300,
    delaySeconds: 0,
  };

  it('comes at the rate of the samples so far', () => {
    expect(expectVerdict(progress, 1, now)).toEqual({
      rollout: 'rol_1',
      samples: 100,
      samplesPerDay: 10,
      expectedAt: new Date(now + 20 * day).toISOString(),
    });
  });

  it('comes at the rate of labels while there are few samples', () => {
    expect(expectVerdict({ ...progress, samples: 0 }, 30, now)).toMatchObject({
      samplesPerDay: 30,
      expectedAt: new Date(now + 10 * day).toISOString(),
    });
  });

  it('waits for the first samples to be old enough', () => {
    const young = { ...progress, startedAt: now, samples: 0, delaySeconds: 5 * 86_400 };
    expect(expectVerdict(young, 30, now).expectedAt).toBe(new Date(now + 15 * day).toISOString());
  });

  it('is not within the horizon where too few come, none, or where no number would do', () => {
    expect(expectVerdict({ ...progress, deadline: now + 19 * day }, 1, now).expectedAt).toBeNull();
    expect(expectVerdict({ ...progress, samples: 0 }, 0, now).expectedAt).toBeNull();
    expect(expectVerdict({ ...progress, needed: undefined }, 1000, now).expectedAt).toBeNull();
  });

  it('is due where there are enough', () => {
    expect(expectVerdict({ ...progress, needed: 80 }, 1, now).expectedAt).toBe(new Date(now).toISOString());
  });
});

describe('the maturity of labels', () => {
  const known = {
    model: 'calls',
    days: [{ day: dayBefore(9), predictions: 1000, labelled: 500 }],
    cohorts: [cohort(8, { [hour]: 450, [2 * 24 * hour]: 50 })],
    windowSeconds: 24 * hour,
    byWindow: true,
    unattributed: 0,
    rollout: undefined,
  };

  it('warns where the window is too short, and says which would do', () => {
    const { windowCovers, warnings, medianSeconds } = describeMaturity(known, now);
    expect(windowCovers).toBeCloseTo(0.9, 6);
    expect(medianSeconds).toBeLessThanOrEqual(hour);
    expect(warnings).toHaveLength(1);
    const needed = Number(/windowSeconds to (\d+)/.exec(warnings[0] ?? '')?.[1]);
    expect(needed).toBeGreaterThan(36 * hour);
    expect(describeMaturity({ ...known, windowSeconds: needed }, now)).toMatchObject({ warnings: [] });
  });

  it('says nothing of a window that is longer than labels were followed', () => {
    const { windowCovers, warnings } = describeMaturity({ ...known, windowSeconds: 30 * 24 * hour }, now);
    expect(windowCovers).toBeNull();
    expect(warnings).toEqual([expect.stringContaining('not known yet')]);
  });

  it('does not warn of a window that no evidence waits for', () => {
    expect(describeMaturity({ ...known, byWindow: false }, now).warnings).toEqual([]);
  });

  it('warns of cases that name no prediction, and of more labels than predictions', () => {
    const days = [{ day: dayBefore(9), predictions: 10, labelled: 500 }];
    const { warnings } = describeMaturity({ ...known, byWindow: false, unattributed: 490, days }, now);
    expect(warnings).toEqual([expect.stringMatching(/^490 cases/), expect.stringMatching(/^On 1 days/)]);
  });

  it('of a model without labels is empty, and says so', () => {
    expect(describeMaturity({ ...known, days: [], cohorts: [] }, now)).toEqual({
      model: 'calls',
      days: [],
      delays: [],
      medianSeconds: null,
      windowSeconds: 86_400,
      windowCovers: null,
      warnings: [expect.stringContaining('No label')],
    });
  });

  it('shows the last thirty days that had a prediction', () => {
    const days = Array.from({ length: 60 }, (_, index) => ({
      day: dayBefore(60 - index),
      predictions: index % 2 === 0 ? 10 : 0,
      labelled: 0,
    }));
    const shown = describeMaturity({ ...known, days }, now).days;
    expect(shown).toHaveLength(30);
    expect(shown.at(-1)?.day).toBe(dayBefore(2));
  });

  it('has a curve that is the one that was estimated', () => {
    expect(describeMaturity(known, now).delays).toEqual(estimateDelays(known.cohorts, delayEdges, now));
  });
});
