import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { dayMilliseconds, minuteMilliseconds } from '../../../contracts/durations.ts';
import { minuteOf } from '../../../contracts/label-delays.ts';
import { ModelDeclaration } from '../../../contracts/model.ts';
import {
  type MissingLabelsState,
  startMissingLabels,
} from '../../../functions/rollouts/domain/randomised/missing-labels.ts';
import { defineRandomisedPolicy } from '../../../functions/rollouts/domain/randomised/policy.ts';
import type { RolloutRecord } from '../../../functions/rollouts/domain/record.ts';
import { compareLabels } from '../../../functions/rollouts/operations/compare-labels.ts';
import { gatherRandomised } from '../../../functions/rollouts/operations/gather-randomised.ts';
import { outcomesAtOnce } from '../../../functions/rollouts/operations/take-wholes.ts';
import type { RolloutOutcome, Span } from '../../../functions/rollouts/store/outcome-reader.ts';
import {
  type RandomisedStatistics,
  startRandomisedStatistics,
} from '../../../functions/rollouts/store/randomised-store.ts';
import { begun } from '../specimens.ts';

/** Not a whole minute: windows begin in the middle of one. */
const startedAt = Date.parse('2026-01-02T03:04:17.123Z');
const windowSeconds = 60;
const place = { tenant: 'acme', model: 'calls', rollout: 'rol_1' };

const rule = (windowMilliseconds: number | undefined) => ({
  startedAt,
  windowMilliseconds,
  slowMilliseconds: 100,
  weights: new Map([['canary', 5000]]),
});

/** Predictions that all got an outcome, evenly over a time; the arms take turns. */
const evenly = (count: number, milliseconds: number): RolloutOutcome[] =>
  Array.from({ length: count }, (_, index) => ({
    assignedAt: startedAt + Math.floor((index * milliseconds) / count),
    nonce: String(index),
    arm: index % 2 === 0 ? 'champion' : 'challenger',
    assigned: 'v1.0.0',
    stage: 'canary',
    reward: 1,
    failed: false,
    subject: `subject-${index % 1000}`,
  }));

/** A rollout whose windows are days. */
const rollout: RolloutRecord = {
  ...begun().rollout,
  startedAt: new Date(startedAt).toISOString(),
  stages: [{ name: 'canary', weight: 50, startedAt: new Date(startedAt).toISOString(), pairsAtStart: 0 }],
};
const declaration = ModelDeclaration.parse({
  task: 'tabular-classification',
  schema: {
    fields: { person: { kind: 'subject' }, age: { kind: 'feature', type: 'number' } },
    label: { type: 'category', classes: ['call', 'leave'] },
  },
  policies: { outcomes: { windowSeconds, unitSeconds: 86_400 } },
});

const pageLength = 500;

/** Outcomes and counted predictions, and how much of them was read. */
const recordOf = (outcomes: readonly RolloutOutcome[], counted: readonly RolloutOutcome[] = outcomes) => {
  let read = 0;
  return {
    read: () => read,
    dependencies: {
      clock: { now: () => 0 },
      outcomes: {
        pages: async function* (_: string, __: string, ___: string, { from, before }: Span) {
          const within = outcomes.filter(({ assignedAt }) => assignedAt >= from && assignedAt < before);
          for (let first = 0; first < within.length; first += pageLength) {
            const page = within.slice(first, first + pageLength);
            read += page.length;
            yield page;
          }
        },
        firstAt: async () => new Map<string, number>(),
      },
      counts: {
        assigned: async (_: string, __: string, ___: string, { from, before }: Span) => {
          const within = counted.filter(
            ({ assignedAt }) => minuteOf(assignedAt) >= minuteOf(from) && minuteOf(assignedAt) < minuteOf(before),
          );
          const count = (arm: string) => within.filter((one) => one.arm === arm).length;
          return within.length === 0
            ? []
            : [{ stage: 'canary', champion: count('champion'), challenger: count('challenger') }];
        },
      },
    },
  };
};

const begin = { labels: startMissingLabels(), labelCursor: 0 };
const later = startedAt + 100 * dayMilliseconds;

const comparedIn = ({ strata, pending }: MissingLabelsState) =>
  [...strata, ...pending].reduce(
    (sums, { champion, challenger }) => ({
      assigned: sums.assigned + champion.assigned + challenger.assigned,
      labelled: sums.labelled + champion.labelled + challenger.labelled,
    }),
    { assigned: 0, labelled: 0 },
  );

describe('labels that wait to be compared', () => {
  it('are read window by window, so many at a call as are evidence at once', async () => {
    const outcomes = evenly(15_000, 5 * dayMilliseconds);
    const { dependencies, read } = recordOf(outcomes);
    const occasion = { countedUntil: startedAt + 10 * dayMilliseconds, now: later, windowSeconds };
    const cursors: number[] = [];
    let [state, backlog] = [begin, true];
    while (backlog) {
      const before = read();
      const compared = await compareLabels(dependencies, place, rule(dayMilliseconds), { ...occasion, read: state });
      expect(read() - before).toBeLessThanOrEqual(outcomesAtOnce + 3000);
      state = compared.compared ?? state;
      backlog = compared.backlog;
      cursors.push(state.labelCursor);
    }
    const windowAt = (number: number) => minuteOf(startedAt + number * dayMilliseconds);
    expect(cursors).toEqual([windowAt(2), windowAt(4), windowAt(10)]);
    expect(comparedIn(state.labels)).toEqual({ assigned: 15_000, labelled: 15_000 });
    expect(await compareLabels(dependencies, place, rule(dayMilliseconds), { ...occasion, read: state })).toEqual({
      backlog: false,
    });
  });

  it('are said to be waiting by the judgement, whose outcomes all are evidence already', async () => {
    const { dependencies } = recordOf(evenly(9000, 3 * dayMilliseconds));
    const policy = defineRandomisedPolicy({ guardrails: { answered: {}, prompt: {} } });
    const windows = (count: number) => startedAt + count * dayMilliseconds;
    const judge = (read: RandomisedStatistics) =>
      gatherRandomised(
        { ...dependencies, clock: { now: () => windows(3) + 300_000 }, randomised: { record: async () => true } },
        ...(['acme', 'calls', declaration, rollout] as const),
        read,
      );
    const first = await judge({ ...startRandomisedStatistics(policy), cursor: windows(3) });
    expect(first).toMatchObject({
      backlog: true,
      statistics: { labelCursor: minuteOf(windows(2)), cursor: windows(3) },
    });
    const second = await judge(first?.statistics ?? startRandomisedStatistics(policy));
    expect(second).toMatchObject({ backlog: false, statistics: { labelCursor: minuteOf(windows(3)), blocks: 0 } });
  });

  it('wait until they are evidence', async () => {
    const { dependencies } = recordOf(evenly(1000, 5 * dayMilliseconds));
    const occasion = { read: begin, now: later, windowSeconds };
    const upTo = (countedUntil: number) =>
      compareLabels(dependencies, place, rule(dayMilliseconds), { ...occasion, countedUntil });
    expect(await upTo(startedAt)).toEqual({ backlog: false });
    const { compared = begin } = await upTo(startedAt + dayMilliseconds);
    expect(compared.labelCursor).toBe(minuteOf(startedAt + dayMilliseconds));
  });

  it('wait for the lines of the log, but not once more waits behind them', async () => {
    const outcomes = evenly(9000, 3 * dayMilliseconds);
    const { dependencies } = recordOf(outcomes, outcomes.slice(6000));
    const at = (read: typeof begin, countedUntil: number) =>
      compareLabels(dependencies, place, rule(dayMilliseconds), { read, countedUntil, now: later, windowSeconds });
    expect(await at(begin, startedAt + dayMilliseconds)).toEqual({ backlog: false });
    const passed = await at(begin, startedAt + 3 * dayMilliseconds);
    expect(passed).toMatchObject({ backlog: true, compared: { labels: begin.labels } });
    const { compared = begin } = await at(passed.compared ?? begin, startedAt + 4 * dayMilliseconds);
    expect(comparedIn(compared.labels)).toEqual({ assigned: 3000, labelled: 3000 });
  });

  it('are counted once, over the same minutes as their predictions, whenever and however often one looks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(undefined, 1000, 45_000, 90_500, 10 * minuteMilliseconds),
        fc.integer({ min: 100, max: 12_000 }),
        fc.array(fc.integer({ min: 0, max: 200 * minuteMilliseconds }), { minLength: 1, maxLength: 6 }),
        async (windowMilliseconds, count, looks) => {
          const outcomes = evenly(count, 100 * minuteMilliseconds);
          const { dependencies } = recordOf(outcomes);
          let state = begin;
          for (const look of looks.sort((one, other) => one - other)) {
            const occasion = { countedUntil: startedAt + look, now: startedAt + look + 120_000, windowSeconds };
            let backlog = true;
            while (backlog) {
              const next = await compareLabels(dependencies, place, rule(windowMilliseconds), {
                ...occasion,
                read: state,
              });
              backlog = next.backlog;
              state = next.compared ?? state;
            }
          }
          const before = outcomes.filter(({ assignedAt }) => assignedAt < state.labelCursor).length;
          expect(comparedIn(state.labels)).toEqual({ assigned: before, labelled: before });
        },
      ),
      { numRuns: 40, seed: 7 },
    );
  });
});
