import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { enterStage } from '../../functions/rollouts/domain/changes.ts';
import { followJudgement } from '../../functions/rollouts/domain/follow-judgement.ts';
import type { RolloutRecord } from '../../functions/rollouts/domain/record.ts';
import { Action, AlarmHealth, type Judgement, judge, type Standing } from '../../functions/rollouts/domain/stages.ts';
import { begun, moment, policyWith, verdictOn } from './specimens.ts';

const nothingShown = { both: 30 };
const notWorse = { both: 900, challengerOnly: 60 };
const worse = { both: 60, championOnly: 40 };
/** Shown worse, by far less than this margin. */
const tripwire = verdictOn(
  { both: 430, championOnly: 60, challengerOnly: 10 },
  policyWith({ hypothesis: 'superiority', margin: 0.3 }),
);

/** A rollout that entered so many of its stages, each at a time and with the pairs that there were. */
const inStage = (count: number, { at = 0, pairs = 0, policy = policyWith() } = {}): RolloutRecord => {
  let { route, rollout } = begun(policy);
  for (const stage of policy.stages.slice(0, count)) {
    const change = enterStage(route, rollout, stage, { pairs, failures: 0 }, { at: moment(at), actor: 'test' });
    route = change.route;
    rollout = change.rollout ?? rollout;
  }
  return rollout;
};

const standing = (given: Partial<Standing> = {}): Standing => ({
  now: moment(3600),
  evidence: verdictOn(nothingShown),
  alarms: AlarmHealth.Ok,
  ...given,
});

const actionOf = (rollout: RolloutRecord, given: Partial<Standing> = {}): Action =>
  judge(rollout, standing(given)).action;

describe('the first stage', () => {
  it('is entered once the alarms exist, before they have seen anything', () => {
    expect(actionOf(inStage(0), { alarms: AlarmHealth.Missing })).toBe(Action.Hold);
    expect(judge(inStage(0), standing({ alarms: AlarmHealth.InsufficientData }))).toMatchObject({
      action: Action.Advance,
      stage: { name: 'shadow' },
    });
  });
});

describe('a stage', () => {
  it('ends when its time, its pairs, its alarms and the verdict allow it', () => {
    expect(judge(inStage(1), standing())).toMatchObject({ action: Action.Advance, stage: { name: 'canary' } });
  });

  it.each([
    ['its time has not passed', { now: moment(59) }, 'lasts 60 s'],
    ['its pairs are not there', { evidence: verdictOn({ both: 9 }) }, 'needs 10 pairs'],
    ['an alarm has no datum to judge by', { alarms: AlarmHealth.InsufficientData }, 'alarms'],
    ['an alarm is gone', { alarms: AlarmHealth.Missing }, 'alarms'],
    ['the challenger looks worse', { evidence: tripwire }, 'looks worse'],
  ])('holds while %s', (_, given, why) => {
    const { action, reason } = judge(inStage(1), standing(given));
    expect(action).toBe(Action.Hold);
    expect(reason).toContain(why);
  });

  it('counts only the pairs that came within it', () => {
    const evidence = verdictOn({ both: 30 });
    expect(judge(inStage(2, { pairs: 25 }), standing({ evidence }))).toMatchObject({
      action: Action.Hold,
      numbers: { pairs: 30, stagePairs: 5 },
    });
  });

  it('has, where it is the first, the pairs that came while the rollout was prepared', () => {
    const { numbers } = judge(inStage(1, { pairs: 25 }), standing({ evidence: verdictOn({ both: 30 }) }));
    expect(numbers.stagePairs).toBe(30);
  });

  it('is walked for its time and its pairs even where a promotion is shown', () => {
    const evidence = verdictOn(notWorse);
    expect(actionOf(inStage(1), { evidence })).toBe(Action.Advance);
    expect(actionOf(inStage(2, { at: 3599, pairs: 0 }), { evidence })).toBe(Action.Hold);
    expect(actionOf(inStage(2, { pairs: 955 }), { evidence })).toBe(Action.Hold);
  });
});

describe('the last stage', () => {
  it('ends with a promotion where one is shown', () => {
    expect(actionOf(inStage(2), { evidence: verdictOn(notWorse) })).toBe(Action.Promote);
  });

  it('holds where nothing is shown', () => {
    expect(actionOf(inStage(2))).toBe(Action.Hold);
  });
});

describe('harm', () => {
  it('is acted on in any stage, whatever else is missing', () => {
    for (const stages of [0, 1, 2]) {
      const now = moment(0);
      expect(actionOf(inStage(stages), { now, evidence: verdictOn(worse), alarms: AlarmHealth.Missing })).toBe(
        Action.RollBackByVerdict,
      );
      expect(actionOf(inStage(stages), { now, evidence: verdictOn(notWorse), alarms: AlarmHealth.Alarm })).toBe(
        Action.RollBackByAlarm,
      );
    }
  });
});

describe('the horizon', () => {
  it('ends a rollout that has shown nothing, and says why', () => {
    const { action, reason } = judge(inStage(2), standing({ evidence: verdictOn(nothingShown, policyWith(), true) }));
    expect(action).toBe(Action.Expire);
    expect(reason).toContain('has run its length');
  });

  it('ends a rollout whose stages can no longer be walked, though a promotion is shown', () => {
    const policy = policyWith({ maximumSeconds: 600 });
    const evidence = verdictOn(notWorse, policy, true);
    const { action, reason } = judge(inStage(2, { pairs: 955, policy }), standing({ evidence }));
    expect(action).toBe(Action.Expire);
    expect(reason).toContain('600 s');
  });
});

describe('following judgements', () => {
  const count = fc.nat({ max: 40 });
  const tick = fc.record({
    seconds: fc.nat({ max: 90 }),
    pairs: fc.record({
      both: count,
      championOnly: fc.nat({ max: 6 }),
      challengerOnly: fc.nat({ max: 6 }),
      neither: count,
    }),
    alarms: fc.oneof(
      { weight: 8, arbitrary: fc.constant(AlarmHealth.Ok) },
      { weight: 1, arbitrary: fc.constantFrom(...Object.values(AlarmHealth)) },
    ),
  });

  /** Judges tick after tick as the machine does, and gives each judgement with the rollout that it was about. */
  const play = (ticks: readonly { seconds: number; pairs: object; alarms: AlarmHealth }[]) => {
    const policy = policyWith({ margin: 0.2, maximumSeconds: 2000 });
    let { route, rollout } = begun(policy);
    let seconds = 0;
    const counts = { both: 0, championOnly: 0, challengerOnly: 0, neither: 0 };
    const judged: { judgement: Judgement; rollout: RolloutRecord; now: string }[] = [];
    for (const given of ticks) {
      seconds += given.seconds;
      for (const [name, more] of Object.entries(given.pairs)) counts[name as keyof typeof counts] += more;
      const evidence = verdictOn(counts, policy, seconds >= policy.maximumSeconds);
      const judgement = judge(rollout, { now: moment(seconds), evidence, alarms: given.alarms });
      judged.push({ judgement, rollout, now: moment(seconds) });
      const counted = { pairs: evidence.numbers.pairs, failures: 0 };
      const change = followJudgement(judgement, route, rollout, counted, { at: moment(seconds), actor: 'test' });
      if (change === undefined) continue;
      route = change.route;
      rollout = change.rollout ?? rollout;
      if (rollout.endedAt !== undefined) break;
    }
    return { judged, rollout };
  };

  it('promotes only after every stage had its time and its pairs, and with the least sample', () => {
    let promotions = 0;
    fc.assert(
      fc.property(fc.array(tick, { maxLength: 60, size: 'max' }), (ticks) => {
        const { rollout } = play(ticks);
        if (rollout.status !== 'promoted') return;
        promotions += 1;
        expect(rollout.stages.map(({ name }) => name)).toEqual(rollout.policy.stages.map(({ name }) => name));
        for (const [index, stage] of rollout.stages.entries()) {
          const { minimumSeconds = 0, minimumPairs = 0 } = rollout.policy.stages[index] ?? {};
          const seconds = (Date.parse(stage.endedAt ?? '') - Date.parse(stage.startedAt)) / 1000;
          expect(seconds).toBeGreaterThanOrEqual(minimumSeconds);
          expect((stage.pairsAtEnd ?? 0) - stage.pairsAtStart).toBeGreaterThanOrEqual(minimumPairs);
        }
        expect(rollout.pairs).toBeGreaterThanOrEqual(rollout.policy.minimumPairs);
      }),
    );
    expect(promotions).toBeGreaterThan(0);
  });

  it('says why, each time', () => {
    fc.assert(
      fc.property(fc.array(tick, { maxLength: 20 }), (ticks) => {
        for (const { judgement } of play(ticks).judged) {
          expect(judgement.reason).toMatch(/[.]$/);
          expect(judgement.stage !== undefined).toBe(judgement.action === Action.Advance);
        }
      }),
    );
  });
});
