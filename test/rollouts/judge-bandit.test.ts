import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { wholeWeight } from '../../contracts/route-item.ts';
import { AlarmHealth, type AlarmReport } from '../../functions/rollouts/domain/alarm-health.ts';
import type { Earned } from '../../functions/rollouts/domain/bandit.ts';
import { approve, beginRollout, rollBack } from '../../functions/rollouts/domain/changes.ts';
import { followJudgement } from '../../functions/rollouts/domain/follow-judgement.ts';
import {
  banditStatement,
  type EarnedByVersion,
  judgeBandit,
  presentArms,
} from '../../functions/rollouts/domain/judge-bandit.ts';
import type { RolloutRecord } from '../../functions/rollouts/domain/record.ts';
import { first } from '../../functions/rollouts/domain/route.ts';
import { Action } from '../../functions/rollouts/domain/stages.ts';
import { moment, newRecord, policyWith, servable } from './specimens.ts';

type Policy = NonNullable<Parameters<typeof policyWith>[0]>;

const ok: AlarmReport = { health: AlarmHealth.Ok };
const occasion = { at: moment(0), actor: 'test' };

/** A bandit of the champion v1.0.0, v1.1.0 and as many rivals, still without traffic. */
const begun = (rivals: number, given: Policy = {}) => {
  const policy = policyWith({
    strategy: 'bandit',
    evidence: 'randomised',
    bandit: { minimumUnits: 100, stopProbability: 0.95, floorPercent: 2 },
    ...given,
  });
  const others = Array.from({ length: rivals }, (_, index) => servable(index + 2));
  const base = first(servable(0), 'salt', { at: moment(0) });
  const { route, rollout } = beginRollout(base, { ...newRecord(1, policy), rivals: others }, occasion);
  if (rollout === undefined) throw new Error('a rollout begins with a record');
  return { route, rollout };
};

interface Step {
  readonly earned: EarnedByVersion;
  readonly alarms?: AlarmReport;
  readonly now?: string;
}

/** Judges once and does what the judgement asks for. */
const step = ({ route, rollout }: ReturnType<typeof begun>, { earned, alarms = ok, now = moment(60) }: Step) => {
  const judgement = judgeBandit(rollout, { now, earned, alarms });
  const counted = { pairs: 0, failures: 0, arms: presentArms(rollout, earned) };
  const change = followJudgement(judgement, route, rollout, counted, { at: now, actor: 'test' });
  return { judgement, route: change?.route ?? route, rollout: change?.rollout ?? rollout, change };
};

const running = (rivals: number, given: Policy = {}) => step(begun(rivals, given), { earned: {} });
const of = (units: number, mean: number): Earned => ({ units, rewards: units * mean });
const actionOf = (rollout: RolloutRecord, given: Step): Action =>
  judgeBandit(rollout, { now: given.now ?? moment(60), alarms: given.alarms ?? ok, earned: given.earned }).action;

describe('a bandit', () => {
  it('begins once its alarms exist, with the same weight for every version', () => {
    const { rollout } = begun(2);
    expect(actionOf(rollout, { earned: {}, alarms: { health: AlarmHealth.Missing } })).toBe(Action.Hold);
    const { route, change } = running(2);
    expect(route).toMatchObject({ stage: 'bandit', weight: 2500, rivals: [{ weight: 2500 }, { weight: 2500 }] });
    expect(change?.versions.map(({ version, to }) => [version, to])).toEqual([
      ['v1.1.0', 'canary'],
      ['v1.2.0', 'canary'],
      ['v1.3.0', 'canary'],
    ]);
  });

  it('gives more requests to what earns more, and says so in the audit', () => {
    const before = running(1);
    const { judgement, route, rollout, change } = step(before, {
      earned: { 'v1.0.0': of(30, 0.5), 'v1.1.0': of(30, 0.7), 'v1.2.0': of(30, 0.2) },
    });
    expect(judgement.action).toBe(Action.Reweigh);
    expect(route.weight).toBeGreaterThan(before.route.weight);
    expect(route.rivals?.[0]?.weight).toBeLessThan(before.route.rivals?.[0]?.weight ?? 0);
    expect(change?.audit).toMatchObject([{ action: 'weights-changed', subjectOfAction: rollout.id }]);
    expect(change?.audit[0]?.numbers).toMatchObject({ 'v1.1.0': route.weight / 100 });
    expect(rollout.bandit?.arms.map(({ units }) => units)).toEqual([30, 30, 30]);
  });

  it('leaves the route as it is for less than a point', () => {
    const given = { earned: { 'v1.0.0': of(30, 0.5), 'v1.1.0': of(30, 0.7) } };
    const once = step(running(0), given);
    expect(actionOf(once.rollout, given)).toBe(Action.Hold);
  });

  it('raises no weight while its alarms are not OK', () => {
    const earned = { 'v1.0.0': of(30, 0.2), 'v1.1.0': of(30, 0.9) };
    const alarms = { health: AlarmHealth.InsufficientData };
    expect(actionOf(running(0).rollout, { earned, alarms })).toBe(Action.Hold);
  });

  it('takes all challengers out at once where an alarm fires', () => {
    const { route, judgement, change } = step(running(2), {
      earned: {},
      alarms: { health: AlarmHealth.Alarm, firing: 'it throws.' },
    });
    expect(judgement).toMatchObject({ action: Action.RollBackByAlarm, reason: expect.stringContaining('it throws.') });
    expect(route).toMatchObject({ champion: { version: 'v1.0.0' }, weight: 0 });
    expect([route.challenger, route.rivals, route.slowMilliseconds]).toEqual([undefined, undefined, undefined]);
    expect(change?.versions.map(({ to }) => to)).toEqual(['rolled-back', 'rolled-back', 'rolled-back']);
  });

  it('says what it does not guarantee', () => {
    expect(banditStatement).toContain('bounds no error');
  });
});

describe('a bandit ends', () => {
  const clear = { 'v1.0.0': of(60, 0.3), 'v1.1.0': of(60, 0.3), 'v1.2.0': of(60, 0.9) };

  it('with the version that is likely enough to be the best, a rival too', () => {
    const { judgement, route, rollout, change } = step(running(1), { earned: clear });
    expect(judgement).toMatchObject({ action: Action.Promote, winner: 'v1.2.0' });
    expect(judgement.reason).toContain('No error is bounded');
    expect(route).toMatchObject({ champion: { version: 'v1.2.0' }, previous: [{ version: 'v1.0.0' }], weight: 0 });
    expect(rollout).toMatchObject({ status: 'promoted', end: 'bandit' });
    expect(change?.versions).toEqual([
      { version: 'v1.2.0', to: 'champion' },
      { version: 'v1.0.0', to: 'retired' },
      { version: 'v1.1.0', to: 'staging' },
    ]);
  });

  it('not on fewer units than its minimum, however clear they are', () => {
    const few = { 'v1.0.0': of(20, 0), 'v1.1.0': of(20, 1) };
    expect(actionOf(running(0).rollout, { earned: few })).not.toBe(Action.Promote);
    const over = step(running(0, { maximumSeconds: 600 }), { earned: few, now: moment(600) });
    expect(over.judgement).toMatchObject({ action: Action.Expire, reason: expect.stringContaining('40 units') });
    expect(over.rollout).toMatchObject({ status: 'expired', end: 'expired' });
  });

  it('with the champion, where that is the best', () => {
    const { rollout, route } = step(running(0), { earned: { 'v1.0.0': of(90, 0.9), 'v1.1.0': of(60, 0.2) } });
    expect(rollout).toMatchObject({ status: 'expired', end: 'bandit' });
    expect(route).toMatchObject({ champion: { version: 'v1.0.0' }, weight: 0 });
  });

  it('with the likeliest best, when its time or its units are used up', () => {
    const earned = { 'v1.0.0': of(60, 0.5), 'v1.1.0': of(60, 0.52) };
    const { rollout } = running(0, { maximumSeconds: 600, minimumUnits: 100, maximumUnits: 120 });
    expect(actionOf(rollout, { earned })).toBe(Action.Promote);
    const slower = running(0, { maximumSeconds: 600 }).rollout;
    expect(actionOf(slower, { earned })).not.toBe(Action.Promote);
    expect(actionOf(slower, { earned, now: moment(600) })).toBe(Action.Promote);
  });

  it('not while its alarms are not OK', () => {
    const alarms = { health: AlarmHealth.InsufficientData };
    expect(actionOf(running(1).rollout, { earned: clear, alarms })).toBe(Action.Hold);
  });

  it('with the version that a person approved, though another should look better since', () => {
    const asked = step(running(1, { approval: { expiresSeconds: 600 } }), { earned: clear });
    expect(asked.judgement.action).toBe(Action.AskApproval);
    expect(asked.rollout.bandit).toMatchObject({ winner: 'v1.2.0' });
    const otherwise = { ...clear, 'v1.1.0': of(600, 1) };
    expect(actionOf(asked.rollout, { earned: otherwise })).toBe(Action.Hold);
    expect(actionOf(asked.rollout, { earned: otherwise, now: moment(660) })).toBe(Action.Expire);
    const { rollout } = approve(asked.rollout, 'fine', { pairs: 0, failures: 0 }, occasion);
    const { judgement, route } = step({ route: asked.route, rollout }, { earned: otherwise });
    expect(judgement).toMatchObject({ action: Action.Promote, winner: 'v1.2.0' });
    expect(route.champion.version).toBe('v1.2.0');
  });
});

describe('any course of a bandit', () => {
  const mean = fc.double({ min: 0, max: 1, noNaN: true });
  const arrivals = fc.array(fc.tuple(fc.nat({ max: 60 }), mean), { minLength: 4, maxLength: 4 });
  const alarms = fc.oneof(
    { weight: 9, arbitrary: fc.constant(ok) },
    { weight: 1, arbitrary: fc.constant<AlarmReport>({ health: AlarmHealth.InsufficientData }) },
  );

  type Course = readonly (readonly [[number, number][], AlarmReport])[];

  /** Adds what arrived, by the place of its version. */
  const add = (earned: EarnedByVersion, arrived: readonly (readonly [number, number])[]): EarnedByVersion =>
    Object.fromEntries(
      arrived.map(([units, value], index) => {
        const version = `v1.${index}.0`;
        const before = earned[version] ?? { units: 0, rewards: 0 };
        return [version, { units: before.units + units, rewards: before.rewards + units * value }];
      }),
    );

  /** Every state that a bandit comes to. */
  const play = (rivals: number, course: Course): ReturnType<typeof step>[] => {
    const states = [running(rivals)];
    let earned: EarnedByVersion = {};
    for (const [arrived, report] of course) {
      const last = states.at(-1);
      if (last === undefined || last.rollout.endedAt !== undefined) break;
      earned = add(earned, arrived.slice(0, rivals + 2));
      states.push(step(last, { earned, alarms: report }));
    }
    return states;
  };

  const courses = fc.array(fc.tuple(arrivals, alarms), { maxLength: 12 });

  it('keeps its weights within the whole and above the floor', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 }), courses, (rivals, course) => {
        for (const { route } of play(rivals, course).filter(({ rollout }) => rollout.endedAt === undefined)) {
          const weights = [route.weight, ...(route.rivals ?? []).map(({ weight }) => weight)];
          const champion = wholeWeight - weights.reduce((sum, weight) => sum + weight, 0);
          for (const weight of [champion, ...weights]) expect(weight).toBeGreaterThanOrEqual(200);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('promotes on its minimum of units alone', () => {
    let promotions = 0;
    fc.assert(
      fc.property(fc.nat({ max: 2 }), courses, (rivals, course) => {
        const last = play(rivals, course).at(-1);
        if (last?.rollout.status !== 'promoted') return;
        promotions += 1;
        expect(last.judgement.numbers.samples).toBeGreaterThanOrEqual(100);
      }),
      { numRuns: 100 },
    );
    expect(promotions).toBeGreaterThan(0);
  });

  it('ends once, and leaves no challenger behind', () => {
    const { route, rollout } = running(2);
    const change = rollBack(route, rollout, 'by-hand', 'enough', { pairs: 0, failures: 0 }, occasion);
    expect(change.route.rivals).toBeUndefined();
    expect(() =>
      followJudgement(
        {
          action: Action.Reweigh,
          reason: '',
          arms: [],
          numbers: { samples: 0, stageSamples: 0, stageSeconds: 0, rolloutSeconds: 0 },
        },
        route,
        change.rollout ?? rollout,
        { pairs: 0, failures: 0 },
        occasion,
      ),
    ).toThrow('Expected');
  });
});
