import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { keptChampions, type Route, wholeWeight } from '../../contracts/route-item.ts';
import { isFinishedRollout } from '../../contracts/statuses.ts';
import * as changes from '../../functions/rollouts/domain/changes.ts';
import type { RolloutRecord } from '../../functions/rollouts/domain/record.ts';
import { moment, newRecord, policyWith, servable } from './specimens.ts';

/** What a writer has read: it may be old by the time it writes. */
interface Read {
  readonly route: Route;
  readonly rollouts: ReadonlyMap<string, RolloutRecord>;
}

type Operation =
  | { kind: 'begin'; number: number }
  /** Of a rollout: 0 the newest, 1 the one before. */
  | { kind: 'enter' | 'ask' | 'approve' | 'decline' | 'promote' | 'roll-back' | 'expire'; rollout: number }
  | { kind: 'restore-previous' };

/** How long before its write a writer has read, in writes. */
type Step = { readonly operation: Operation; readonly staleness: number; readonly twice: boolean };

const occasion = { at: moment(1), actor: 'test' };
const evidence = { pairs: 5, failures: 0 };
const policy = policyWith({
  stages: [0, 5, 25, 100].map((weight) => ({ name: `w-${weight}`, weight, minimumSeconds: 0, minimumPairs: 0 })),
});

const decide = ({ route, rollouts }: Read, operation: Operation): changes.Change => {
  if (operation.kind === 'restore-previous') return changes.restorePrevious(route, 'by hand', occasion);
  if (operation.kind === 'begin') {
    const given = { ...newRecord(rollouts.size + 1, policy), challenger: servable(operation.number) };
    return changes.beginRollout(route, given, occasion);
  }
  const rollout = [...rollouts.values()].at(-1 - (operation.rollout % Math.max(1, rollouts.size)));
  if (rollout === undefined) throw new changes.RolloutEndedError('there is none');
  const stage = policy.stages[rollout.stages.length % policy.stages.length];
  switch (operation.kind) {
    case 'enter':
      if (stage === undefined) throw new Error('a policy has stages');
      return changes.enterStage(route, rollout, stage, evidence, occasion);
    case 'ask':
      return changes.requestApproval(rollout, 'may it?', evidence, occasion);
    case 'approve':
      return changes.approve(rollout, 'yes', evidence, occasion);
    case 'decline':
      return changes.decline(route, rollout, 'no', evidence, occasion);
    case 'promote':
      return changes.promote(route, rollout, 'better', evidence, occasion);
    case 'roll-back':
      return changes.rollBack(route, rollout, 'verdict', 'worse', evidence, occasion);
    case 'expire':
      return changes.expire(route, rollout, 'expired', 'too long', evidence, occasion);
  }
};

/** The conditions of the store: what is changed, route or rollout, is what was read. */
const store = (now: Read, read: Read, { route, rollout }: changes.Change): Read | undefined => {
  if (route !== undefined && read.route.revision !== now.route.revision) return undefined;
  const next = { ...now, route: route ?? now.route };
  if (rollout === undefined) return next;
  if (read.rollouts.get(rollout.id)?.revision !== now.rollouts.get(rollout.id)?.revision) return undefined;
  return { ...next, rollouts: new Map([...now.rollouts, [rollout.id, rollout]]) };
};

const expected = [
  'RolloutEndedError',
  'RolloutRunningError',
  'VersionServingError',
  'ForeignRolloutError',
  'DescendingWeightError',
  'NothingToRollBackError',
];

/** Decides on what was read and stores; undefined where the decision is refused or its basis holds no longer. */
const attempt = (now: Read, read: Read, operation: Operation): Read | undefined => {
  try {
    return store(now, read, decide(read, operation));
  } catch (error) {
    if (expected.includes((error as Error).name)) return undefined;
    throw error;
  }
};

/** Plays the steps as writers would, and gives every state that was stored. */
const play = (steps: readonly Step[]): Read[] => {
  const { route, rollout } = changes.serveFirst({ ...newRecord(1, policy), kind: 'first' }, occasion);
  const founded = rollout as RolloutRecord;
  const history: Read[] = [{ route, rollouts: new Map([[founded.id, founded]]) }];
  const last = (staleness = 0): Read => history[Math.max(0, history.length - 1 - staleness)] as Read;
  for (const { operation, staleness, twice } of steps) {
    const read = last(staleness);
    for (let count = 0; count < (twice ? 2 : 1); count += 1) {
      const next = attempt(last(), read, operation);
      if (next !== undefined) history.push(next);
    }
  }
  return history;
};

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('begin' as const), number: fc.integer({ min: 0, max: 6 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        ...(['enter', 'enter', 'ask', 'approve', 'decline', 'promote', 'promote', 'roll-back', 'expire'] as const),
      ),
      rollout: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 9 }) }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'restore-previous' as const }) },
);
const steps = fc.array(
  fc.record({
    operation,
    staleness: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 4 }) }),
    twice: fc.boolean(),
  }),
  { maxLength: 50, size: 'max' },
);

const always = (holds: (state: Read, before: Read | undefined) => void): void => {
  fc.assert(
    fc.property(steps, (given) => {
      const history = play(given);
      for (const [index, state] of history.entries()) holds(state, history[index - 1]);
    }),
    { numRuns: 500 },
  );
};

describe('the sequences that are tried', () => {
  it('reach promotions, rollbacks, expiries and restored champions', () => {
    const ends = fc.sample(steps, { numRuns: 200, seed: 1 }).flatMap((given) => {
      const { rollouts } = play(given).at(-1) as Read;
      return [...rollouts.values()].map(({ status }) => status);
    });
    expect(new Set(ends)).toEqual(new Set(['running', 'promoted', 'rolled-back', 'expired']));
  });

  it('reach more champions than are kept', () => {
    const kept = fc
      .sample(steps, { numRuns: 200, seed: 1 })
      .flatMap((given) => play(given).map(({ route }) => route.previous.length));
    expect(Math.max(...kept)).toBeGreaterThanOrEqual(keptChampions);
  });
});

describe('any sequence of changes, stale and repeated ones among them', () => {
  it('keeps weights within 0 and all, and none without a challenger', () => {
    always(({ route }) => {
      expect(route.weight).toBeGreaterThanOrEqual(0);
      expect(route.weight).toBeLessThanOrEqual(wholeWeight);
      if (route.challenger === undefined) expect(route.weight).toBe(0);
    });
  });

  it('sets a challenger exactly while a rollout runs, and it is the one of that rollout', () => {
    always(({ route, rollouts }) => {
      const running = [...rollouts.values()].filter(({ status }) => !isFinishedRollout(status));
      expect(running.map(({ id }) => id)).toEqual(route.rollout === undefined ? [] : [route.rollout]);
      expect(route.challenger).toEqual(running[0]?.challenger);
    });
  });

  it('never gives weight back to a rollout that has ended, and ends each once', () => {
    always(({ route, rollouts }, before) => {
      for (const [id, rollout] of before?.rollouts ?? []) {
        if (!isFinishedRollout(rollout.status)) continue;
        expect(rollouts.get(id)).toEqual(rollout);
        expect(route.rollout).not.toBe(id);
      }
    });
  });

  it('never lowers the weight of a rollout before its end', () => {
    always(({ route }, before) => {
      if (before?.route.rollout === undefined || before.route.rollout !== route.rollout) return;
      expect(route.weight).toBeGreaterThanOrEqual(before.route.weight);
    });
  });

  it('restores the recorded base, and the champions before it, when a rollout ends without promotion', () => {
    always(({ route, rollouts }, before) => {
      const ended = before?.route.rollout === undefined ? undefined : rollouts.get(before.route.rollout);
      if (ended === undefined || !['rolled-back', 'expired'].includes(ended.status)) return;
      expect(route.champion).toEqual(ended.base);
      expect(route.previous).toEqual(before?.route.previous);
    });
  });

  it('makes the challenger champion when it is promoted, and keeps the base to go back to', () => {
    always(({ route, rollouts }, before) => {
      const ended = before?.route.rollout === undefined ? undefined : rollouts.get(before.route.rollout);
      if (ended?.status !== 'promoted') return;
      expect(route.champion).toEqual(ended.challenger);
      expect(route.previous[0]).toEqual(ended.base);
    });
  });

  it('keeps three champions at most, each once, and never the present one', () => {
    always(({ route }) => {
      const versions = [route.champion, ...route.previous].map(({ version }) => version);
      expect(route.previous.length).toBeLessThanOrEqual(keptChampions);
      expect(new Set(versions).size).toBe(versions.length);
    });
  });

  it('moves the revision of what it changes by one, and of nothing else', () => {
    always(({ route, rollouts }, before) => {
      if (before === undefined) return;
      if (route !== before.route) expect(route.revision).toBe(before.route.revision + 1);
      for (const [id, rollout] of before.rollouts) {
        const moved = rollouts.get(id) === rollout ? 0 : 1;
        expect(rollouts.get(id)?.revision).toBe(rollout.revision + moved);
      }
    });
  });

  it('keeps what a person answered, once it was given', () => {
    always(({ rollouts }, before) => {
      for (const [id, { approval, endedAt }] of before?.rollouts ?? []) {
        if (approval?.decidedAt !== undefined && endedAt !== undefined) {
          expect(rollouts.get(id)?.approval).toEqual(approval);
        }
      }
    });
  });
});
