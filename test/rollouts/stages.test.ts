import { describe, expect, it } from '@jest/globals';
import type { RolloutPolicy } from '../../contracts/rollout-policy.ts';
import { AlarmHealth } from '../../functions/rollouts/domain/alarm-health.ts';
import { approve, enterStage, requestApproval } from '../../functions/rollouts/domain/changes.ts';
import type { RolloutRecord } from '../../functions/rollouts/domain/record.ts';
import { pairedStageEvidence, type StageEvidence } from '../../functions/rollouts/domain/stage-evidence.ts';
import { Action, judge, type Standing } from '../../functions/rollouts/domain/stages.ts';
import { stagesOf } from '../../functions/rollouts/domain/strategy.ts';
import type { PairedVerdict } from '../../functions/rollouts/domain/verdict.ts';
import { begun, moment, policyWith, verdictOn } from './specimens.ts';

const nothingShown = { both: 30 };
const notWorse = { both: 900, challengerOnly: 60 };
const worse = { both: 60, championOnly: 40 };
/** Shown worse, by far less than this margin. */
const tripwire = verdictOn(
  { both: 430, championOnly: 60, challengerOnly: 10 },
  policyWith({ hypothesis: 'superiority', margin: 0.3 }),
);
/** Shown not worse by the margin, and shown worse all the same. */
const promotedAndTripped = verdictOn({ both: 1930, championOnly: 60, challengerOnly: 10 }, policyWith({ margin: 0.3 }));

/** A rollout that entered so many of its stages, each at a time and with the pairs that there were. */
const inStage = (count: number, { at = 0, pairs = 0, policy = policyWith() } = {}): RolloutRecord => {
  let { route, rollout } = begun(policy);
  for (const stage of stagesOf(rollout).slice(0, count)) {
    const change = enterStage(route, rollout, stage, { pairs, failures: 0 }, { at: moment(at), actor: 'test' });
    route = change.route;
    rollout = change.rollout ?? rollout;
  }
  return rollout;
};

type Given = Partial<Omit<Standing, 'evidence' | 'alarms'>> & { evidence?: PairedVerdict; alarms?: AlarmHealth };

const judgeOf = (rollout: RolloutRecord, given: Given = {}) =>
  judge(rollout, {
    now: given.now ?? moment(3600),
    evidence: pairedStageEvidence(rollout, given.evidence ?? verdictOn(nothingShown)),
    alarms: {
      health: given.alarms ?? AlarmHealth.Ok,
      ...(given.alarms === AlarmHealth.Alarm ? { firing: 'it throws.' } : {}),
    },
  });

const actionOf = (rollout: RolloutRecord, given: Given = {}): Action => judgeOf(rollout, given).action;

describe('the first stage', () => {
  it('is entered once the alarms exist, before they have seen anything', () => {
    expect(judgeOf(inStage(0), { alarms: AlarmHealth.Missing })).toMatchObject({
      action: Action.Hold,
      waitsFor: 'its alarms do not exist yet',
    });
    expect(judgeOf(inStage(0), { alarms: AlarmHealth.InsufficientData })).toMatchObject({
      action: Action.Advance,
      stage: { name: 'shadow' },
    });
  });
});

describe('a stage', () => {
  it('ends when its time, its pairs, its alarms and the verdict allow it', () => {
    expect(judgeOf(inStage(1))).toMatchObject({ action: Action.Advance, stage: { name: 'canary' } });
  });

  it.each([
    ['its time has not passed', { now: moment(59) }, 'shadow lasts 60 s at least'],
    ['its pairs are not there', { evidence: verdictOn({ both: 9 }) }, 'shadow needs 10 pairs of its own'],
    ['an alarm has no datum to judge by', { alarms: AlarmHealth.InsufficientData }, 'its alarms are not OK yet'],
    ['an alarm is gone', { alarms: AlarmHealth.Missing }, 'its alarms are not OK yet'],
    ['the challenger looks worse', { evidence: tripwire }, expect.stringContaining('looks worse')],
    [
      'it looks worse though a promotion is shown',
      { evidence: promotedAndTripped },
      expect.stringContaining('looks worse'),
    ],
  ])('holds while %s, and says so', (_, given, waitsFor) => {
    expect(judgeOf(inStage(1), given)).toMatchObject({ action: Action.Hold, waitsFor });
  });

  it('says all that it waits for', () => {
    const { waitsFor } = judgeOf(inStage(1), { now: moment(1), evidence: verdictOn({ both: 1 }) });
    expect(waitsFor).toBe('shadow lasts 60 s at least; shadow needs 10 pairs of its own');
  });

  it('counts only the pairs that came within it', () => {
    expect(judgeOf(inStage(2, { pairs: 25 }), { evidence: verdictOn({ both: 30 }) })).toMatchObject({
      action: Action.Hold,
      numbers: { samples: 30, stageSamples: 5 },
    });
  });

  it('has, where it is the first, the pairs that came while the rollout was prepared', () => {
    const { numbers } = judgeOf(inStage(1, { pairs: 25 }), { evidence: verdictOn({ both: 30 }) });
    expect(numbers.stageSamples).toBe(30);
  });

  it('is walked for its time and its pairs even where a promotion is shown', () => {
    const evidence = verdictOn(notWorse);
    expect(actionOf(inStage(1), { evidence })).toBe(Action.Advance);
    expect(actionOf(inStage(2, { at: 3599, pairs: 0 }), { evidence })).toBe(Action.Hold);
    expect(actionOf(inStage(2, { pairs: 955 }), { evidence })).toBe(Action.Hold);
  });
});

describe('a stage of randomised evidence', () => {
  const stages = [
    { name: 'shadow', weight: 0, minimumSeconds: 0, minimumPairs: 0 },
    { name: 'canary-5', weight: 5, minimumSeconds: 0, minimumPairs: 0, minimumUnits: 50, rampEvidence: 10 },
    { name: 'canary-50', weight: 50, minimumSeconds: 0, minimumPairs: 0 },
  ];
  const policy = policyWith({ evidence: 'randomised', stages });
  const evidence: StageEvidence = {
    verdict: 'hold',
    reason: 'insufficient-evidence',
    expired: false,
    message: 'Hold.',
    samples: 60,
    stageSamples: 60,
    stopsRamp: false,
    rampEvidence: 10,
  };
  const judgeUnits = (entered: number, given: Partial<StageEvidence> = {}) =>
    judge(inStage(entered, { policy }), {
      now: moment(60),
      evidence: { ...evidence, ...given },
      alarms: { health: AlarmHealth.Ok },
    });

  it('asks for units that were assigned within it, and none in shadow, which assigns none', () => {
    expect(judgeUnits(1, { samples: 0, stageSamples: 0 }).action).toBe(Action.Advance);
    expect(judgeUnits(2).action).toBe(Action.Advance);
    expect(judgeUnits(2, { stageSamples: 49 }).waitsFor).toBe('canary-5 needs 50 units of its own');
  });

  it('asks for evidence of its own where the ramp is driven by it', () => {
    const waiting = judgeUnits(2, { rampEvidence: 9.99 });
    expect(waiting).toMatchObject({ action: Action.Hold, waitsFor: expect.stringContaining('an e-value of 10') });
  });
});

describe('the last stage without a holdback', () => {
  it('ends with a promotion where one is shown', () => {
    expect(actionOf(inStage(2), { evidence: verdictOn(notWorse) })).toBe(Action.Promote);
  });

  it('ends so though the challenger looks worse within the margin: no weight is left to hold', () => {
    expect(promotedAndTripped.verdict).toBe('promote');
    expect(actionOf(inStage(2), { evidence: promotedAndTripped })).toBe(Action.Promote);
  });

  it('holds where nothing is shown', () => {
    expect(judgeOf(inStage(2))).toMatchObject({
      action: Action.Hold,
      waitsFor: 'after it only a verdict to promote leads on',
    });
  });
});

describe('the holdback', () => {
  const policy = policyWith({ holdback: { percent: 10, minimumSeconds: 300 } });
  const evidence = verdictOn(notWorse);

  it('is entered with the verdict to promote, at the rest of the weight', () => {
    expect(judgeOf(inStage(2, { policy }), { evidence })).toMatchObject({
      action: Action.Advance,
      stage: { name: 'holdback', weight: 90 },
    });
    expect(actionOf(inStage(2, { policy }))).toBe(Action.Hold);
  });

  it('is not entered while the challenger looks worse, though a promotion is shown', () => {
    expect(actionOf(inStage(2, { policy }), { evidence: promotedAndTripped })).toBe(Action.Hold);
  });

  it('lasts its time, and then promotes without further pairs', () => {
    const held = inStage(3, { policy, at: 3400, pairs: 960 });
    expect(judgeOf(held, { evidence, now: moment(3699) })).toMatchObject({
      action: Action.Hold,
      waitsFor: 'holdback lasts 300 s at least',
    });
    expect(actionOf(held, { evidence, now: moment(3700) })).toBe(Action.Promote);
  });

  it('still rolls back what turns out to be harm', () => {
    const held = inStage(3, { policy });
    expect(actionOf(held, { evidence: verdictOn(worse) })).toBe(Action.RollBackByVerdict);
    expect(actionOf(held, { evidence, alarms: AlarmHealth.Alarm })).toBe(Action.RollBackByAlarm);
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

  it('names the alarm that fires', () => {
    expect(judgeOf(inStage(1), { alarms: AlarmHealth.Alarm }).reason).toContain('it throws.');
  });
});

describe('the horizon', () => {
  it('ends a rollout that has shown nothing, and says why', () => {
    const { action, reason } = judgeOf(inStage(2), { evidence: verdictOn(nothingShown, policyWith(), true) });
    expect(action).toBe(Action.Expire);
    expect(reason).toContain('has run its length');
  });

  it('ends a rollout whose stages can no longer be walked, though a promotion is shown', () => {
    const policy = policyWith({ maximumSeconds: 600 });
    const evidence = verdictOn(notWorse, policy, true);
    const { action, reason } = judgeOf(inStage(2, { pairs: 955, policy }), { evidence });
    expect(action).toBe(Action.Expire);
    expect(reason).toContain('600 s');
  });
});

describe('an approval', () => {
  const policy = policyWith({ approval: { expiresSeconds: 600 }, maximumSeconds: 1000 });
  const evidence = verdictOn(notWorse);
  const counted = { pairs: 960, failures: 0 };
  const occasion = { at: moment(500), actor: 'test' };
  const asked = requestApproval(inStage(2, { policy }), 'ask', counted, occasion).rollout;

  it('is asked for once everything else is there', () => {
    expect(actionOf(inStage(2, { policy }), { evidence, now: moment(500) })).toBe(Action.AskApproval);
    expect(actionOf(inStage(2, { policy }), { now: moment(500) })).toBe(Action.Hold);
  });

  it('is waited for, beyond the time of the rollout', () => {
    expect(judgeOf(asked, { evidence, now: moment(1050) })).toMatchObject({
      action: Action.Hold,
      waitsFor: `an operator is to approve or decline until ${moment(1100)}`,
    });
  });

  it('that nobody gives in time keeps the champion, and the reason says so', () => {
    const { action, reason } = judgeOf(asked, { evidence, now: moment(1100) });
    expect(action).toBe(Action.Expire);
    expect(reason).toContain('nobody approved or declined');
  });

  it('that is given promotes, where all that led to the question still holds', () => {
    const { rollout } = approve(asked, 'fine', counted, occasion);
    expect(actionOf(rollout, { evidence, now: moment(700) })).toBe(Action.Promote);
    expect(actionOf(rollout, { evidence, now: moment(700), alarms: AlarmHealth.InsufficientData })).toBe(Action.Hold);
    expect(actionOf(rollout, { evidence: verdictOn(worse), now: moment(700) })).toBe(Action.RollBackByVerdict);
  });
});

describe('a blue-green rollout', () => {
  const policy: RolloutPolicy = policyWith({ strategy: 'blue-green', bakeSeconds: 300, maximumPairs: 20 });

  it('gives all requests at once, once its alarms exist', () => {
    expect(judgeOf(inStage(0, { policy }), { alarms: AlarmHealth.InsufficientData })).toMatchObject({
      action: Action.Advance,
      stage: { name: 'bake', weight: 100 },
    });
  });

  it('bakes for its time with its alarms OK, and then promotes without evidence', () => {
    const baking = inStage(1, { policy });
    expect(actionOf(baking, { now: moment(299) })).toBe(Action.Hold);
    expect(actionOf(baking, { now: moment(300), alarms: AlarmHealth.InsufficientData })).toBe(Action.Hold);
    const { action, reason } = judgeOf(baking, { now: moment(300) });
    expect(action).toBe(Action.Promote);
    expect(reason).toContain('No evidence was asked for');
  });

  it('rolls back by alarm and by verdict, and does not mind that its pairs are used up', () => {
    const baking = inStage(1, { policy });
    expect(actionOf(baking, { now: moment(1), alarms: AlarmHealth.Alarm })).toBe(Action.RollBackByAlarm);
    expect(actionOf(baking, { now: moment(1), evidence: verdictOn(worse) })).toBe(Action.RollBackByVerdict);
    const usedUp = verdictOn(nothingShown, policy);
    expect(usedUp.expired).toBe(true);
    expect(actionOf(baking, { now: moment(1), evidence: usedUp })).toBe(Action.Hold);
  });
});
