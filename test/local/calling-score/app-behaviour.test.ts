import { describe, expect, it } from '@jest/globals';
import { noCallReward } from '../../../examples/calling-score/decisions.ts';
import type { App } from '../../../local/calling-score/app.ts';
import { noCounts } from '../../../local/calling-score/app-counts.ts';
import { openCrowd } from '../../../local/calling-score/crowd.ts';
import { decide } from '../../../local/calling-score/decide.ts';
import { openDueQueue } from '../../../local/calling-score/due-queue.ts';
import { reportsOf } from '../../../local/calling-score/reports.ts';
import { openVisits, type Visit } from '../../../local/calling-score/visits.ts';
import { seededRandom } from '../../../local/demo/random.ts';

const count = 4000;

describe('the app', () => {
  const random = seededRandom(1);
  const next = openVisits(random);
  const visits = Array.from({ length: count }, next);
  const answered = (visit: Visit, score: number) =>
    decide(random, visit, { predictionId: 'prd', version: 'v1.0.0', score }, 5);

  it('calls whoever has a score above the worth of not calling, and a tenth of the others', () => {
    const high = visits.map((visit) => answered(visit, 0.36).call);
    const low = visits.map((visit) => answered(visit, 0.35).call);
    expect(new Set(high)).toEqual(new Set(['wanted']));
    expect(new Set(low)).toEqual(new Set(['none', 'explored']));
    expect(low.filter((call) => call === 'explored').length / count).toBeCloseTo(0.1, 1);
  });

  it('rewards the decision: who is called to explore earns what not calling is worth, and is a case all the same', () => {
    const explored = visits.map((visit) => answered(visit, 0.1)).filter(({ call }) => call === 'explored');
    expect(new Set(explored.flatMap(({ reports }) => reports.map(({ reward }) => reward)))).toEqual(
      new Set([noCallReward]),
    );
    expect(new Set(explored.map(({ lesson }) => lesson?.called.label))).toContain('responds');
  });

  it('makes one case of a person, however often they are called', () => {
    const again = visits.filter((visit) => visit.again);
    expect(again.length / count).toBeCloseTo(0.05, 1);
    const known = new Set(visits.filter((visit) => !visit.again).map(({ personId }) => personId));
    expect(known.size).toBe(count - again.length);
    expect(again.every(({ personId }) => known.has(personId))).toBe(true);
    expect(again.map((visit) => answered(visit, 0.9).lesson)).toEqual(again.map(() => undefined));
  });

  it('repeats some reports, and corrects some that were the opposite', () => {
    const all = Array.from({ length: count }, () => reportsOf(random, 1, 2, true));
    const several = all.filter(({ length }) => length > 1);
    expect(several.length / count).toBeCloseTo(0.08, 1);
    for (const [first, second] of several) {
      expect(first?.after).toBe(2);
      expect(second).toEqual({ reward: 1, correction: first?.reward === 0, after: 0.5 });
    }
    expect(several.some(([first]) => first?.reward === 0)).toBe(true);
    const notCalled = Array.from({ length: count }, () => reportsOf(random, noCallReward, 0, false)).flat();
    expect(new Set(notCalled.map(({ reward }) => reward))).toEqual(new Set([noCallReward]));
  });
});

describe('a queue of errands', () => {
  it('gives what is due, the oldest first, and nothing before its time', () => {
    const queue = openDueQueue<string>();
    queue.add(30, 'third');
    queue.add(10, 'first');
    queue.add(20, 'second');
    expect(queue.take(9)).toBeUndefined();
    expect([queue.take(25), queue.take(25), queue.take(25)]).toEqual(['first', 'second', undefined]);
    expect(queue.size).toBe(1);
    expect(queue.take(30)).toBe('third');
  });
});

describe('a crowd', () => {
  it('that was stopped does not come again', async () => {
    let asked = 0;
    const app: App = {
      counts: noCounts(),
      earned: new Map(),
      ask: async () => {
        asked += 1;
        return undefined;
      },
      report: () => Promise.resolve(),
    };
    const crowd = openCrowd(app, seededRandom(1), 5);
    await crowd.stop();
    crowd.start();
    await crowd.stop();
    expect(asked).toBe(0);
  });
});
