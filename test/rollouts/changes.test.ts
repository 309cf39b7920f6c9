import { describe, expect, it } from '@jest/globals';
import { Route } from '../../contracts/route-item.ts';
import * as changes from '../../functions/rollouts/domain/changes.ts';
import * as routes from '../../functions/rollouts/domain/route.ts';
import { begun, moment, newRecord, policyWith, rolloutId, servable } from './specimens.ts';

const occasion = { at: moment(10), actor: 'test' };
const evidence = { pairs: 5, failures: 1 };
const stage = { name: 'canary', weight: 12.34, minimumSeconds: 0, minimumPairs: 0 };

describe('a rollout that has ended', () => {
  it.each([
    ['enters no stage', (...[route, rollout]: Both) => changes.enterStage(route, rollout, stage, evidence, occasion)],
    ['is not promoted', (...[route, rollout]: Both) => changes.promote(route, rollout, '', evidence, occasion)],
    [
      'is not rolled back',
      (...[route, rollout]: Both) => changes.rollBack(route, rollout, 'alarm', '', evidence, occasion),
    ],
    [
      'does not expire',
      (...[route, rollout]: Both) => changes.expire(route, rollout, 'expired', '', evidence, occasion),
    ],
  ])('%s, even where a route should still carry it', (_, act) => {
    const { route, rollout } = begun();
    const { rollout: ended } = changes.expire(route, rollout, 'error', 'broken', evidence, occasion);
    if (ended === undefined) throw new Error('a rollout ends with a record');
    expect(() => act(route, ended)).toThrow(changes.RolloutEndedError);
  });
});

type Both = [ReturnType<typeof begun>['route'], ReturnType<typeof begun>['rollout']];

describe('a route', () => {
  const { route } = begun();

  it.each([
    ['weight', () => routes.enterStage(route, rolloutId(9), { name: 'canary', weight: 500 }, occasion)],
    ['promotion', () => routes.promote(route, rolloutId(9), occasion)],
    ['rollback', () => routes.restoreBase(route, rolloutId(9), occasion)],
  ])('takes no %s from a rollout that it does not carry', (_, act) => {
    expect(act).toThrow(routes.ForeignRolloutError);
  });

  it('takes weights in steps of 0.01%', () => {
    const { rollout } = begun();
    expect(changes.enterStage(route, rollout, stage, evidence, occasion).route.weight).toBe(1234);
  });

  it('takes no lower weight than the one before, and not the same again', () => {
    const half = routes.enterStage(route, rolloutId(1), { name: 'half', weight: 5000 }, occasion);
    for (const weight of [4999, 5000]) {
      expect(() => routes.enterStage(half, rolloutId(1), { name: 'next', weight }, occasion)).toThrow(
        routes.DescendingWeightError,
      );
    }
  });

  it('takes no weights that are negative, broken, or above the whole together', () => {
    const base = routes.first(servable(0), 'salt', occasion);
    const rivals = [servable(2)];
    const bandit = routes.begin(base, servable(1), rolloutId(1), 'salt', occasion, { rivals });
    for (const [challenger, rival] of [
      [-1, 0],
      [0.5, 0],
      [Number.NaN, 0],
      [6000, 4001],
    ] as const) {
      expect(() => routes.reweigh(bandit, rolloutId(1), { challenger, rivals: [rival] }, occasion)).toThrow(
        routes.WeightRangeError,
      );
    }
    expect(() => routes.enterStage(bandit, rolloutId(1), { name: 'bandit', weight: 5001 }, occasion)).toThrow(
      routes.WeightRangeError,
    );
    const whole = routes.reweigh(bandit, rolloutId(1), { challenger: 6000, rivals: [4000] }, occasion);
    expect(Route.parse(whole)).toMatchObject({ weight: 6000, rivals: [{ weight: 4000 }] });
  });

  it('takes no rival that is its champion, and promotes nobody who is not on it', () => {
    const base = routes.first(servable(0), 'salt', occasion);
    const begin = (rivals: ReturnType<typeof servable>[]) =>
      routes.begin(base, servable(1), rolloutId(1), 'salt', occasion, { rivals });
    expect(() => begin([servable(0)])).toThrow(routes.VersionServingError);
    expect(() => routes.promote(begin([servable(2)]), rolloutId(1), occasion, 'v1.9.0')).toThrow(
      routes.ForeignRolloutError,
    );
  });

  it('carries the limits of its rollout until the end', () => {
    const policy = policyWith({ slowMilliseconds: 70, timeoutMilliseconds: 300 });
    const { route: begun_, rollout } = begun(policy);
    expect(begun_).toMatchObject({ slowMilliseconds: 70, timeoutMilliseconds: 300 });
    const { route: ended } = changes.rollBack(begun_, rollout, 'by-hand', 'enough', evidence, occasion);
    expect(Object.keys(ended).sort()).toEqual(['champion', 'previous', 'revision', 'salt', 'updatedAt', 'weight']);
  });

  it('takes no challenger that is its champion', () => {
    const base = routes.first(servable(0), 'salt', occasion);
    expect(() => routes.begin(base, servable(0), rolloutId(1), 'salt', occasion)).toThrow(routes.VersionServingError);
  });

  it('is not left from under a running rollout', () => {
    expect(() => routes.restorePrevious(route, occasion)).toThrow(routes.RolloutRunningError);
  });
});

describe('a drill', () => {
  it('moves no version, however it ends', () => {
    const base = routes.first(servable(0), 'salt', occasion);
    const change = changes.beginRollout(base, { ...newRecord(1), kind: 'drill' }, occasion);
    expect(change.versions).toEqual([]);
    const { route, rollout } = change;
    if (rollout === undefined) throw new Error('a rollout begins with a record');
    expect(changes.rollBack(route, rollout, 'alarm', '', evidence, occasion).versions).toEqual([]);
    expect(changes.expire(route, rollout, 'expired', '', evidence, occasion).versions).toEqual([]);
  });
});

describe('the audit of a change', () => {
  it('names the failed checks that an operator overrides', () => {
    const base = routes.first(servable(0), 'salt', occasion);
    const given = { ...newRecord(1), overridden: ['not-worse', 'latency'], reason: 'a rehearsal' };
    expect(changes.beginRollout(base, given, occasion).audit).toMatchObject([
      { action: 'gate-overridden', reason: 'a rehearsal', numbers: { failed: 'not-worse, latency' } },
      { action: 'rollout-started' },
    ]);
  });

  it('says from what to what one went back, why, and on what numbers', () => {
    const { route, rollout } = begun(policyWith());
    const entered = changes.enterStage(route, rollout, stage, { pairs: 0, failures: 0 }, occasion);
    const { audit } = changes.rollBack(
      entered.route,
      entered.rollout ?? rollout,
      'alarm',
      'it throws',
      { pairs: 42, failures: 7 },
      { at: moment(100), actor: 'rollouts:alarm' },
    );
    expect(audit).toEqual([
      {
        action: 'rolled-back',
        actor: 'rollouts:alarm',
        subjectOfAction: rollout.id,
        reason: 'it throws',
        numbers: {
          version: 'v1.1.0',
          end: 'alarm',
          base: 'v1.0.0',
          stage: 'canary',
          weight: 12.34,
          pairs: 42,
          failures: 7,
          seconds: 100,
        },
      },
    ]);
  });
});
