import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TriggerDecision } from '../../contracts/cases.ts';
import { TrainingPolicy } from '../../contracts/model.ts';
import { casesAfterFailure, neverTrained, type TrainingState } from '../../functions/training/domain/training-state.ts';
import { decideTrigger, Occasion, type Situation } from '../../functions/training/domain/trigger.ts';

const job = 'job_01ARZ3NDEKTSV4RRFFQ69G5FAV';
const day = 86_400_000;
const registeredAt = '2026-01-01T00:00:00.000Z';

const situation = (given: Partial<Situation> = {}): Situation => ({
  state: neverTrained,
  policy: TrainingPolicy.parse({ newCases: 100, days: 7 }),
  registeredAt,
  accepted: 500,
  newCases: 60,
  spent: 0,
  estimated: 1,
  now: Date.parse(registeredAt) + day,
  ...given,
});

const state = (given: Partial<TrainingState>): TrainingState => ({ ...neverTrained, ...given });

const anySituation: fc.Arbitrary<Situation> = fc
  .record({
    activeJob: fc.option(fc.constant(job), { nil: undefined }),
    holdOff: fc.option(fc.record({ job: fc.constant(job), newCases: fc.integer({ min: 1, max: 300 }) }), {
      nil: undefined,
    }),
    enabled: fc.boolean(),
    weekly: fc.boolean(),
    limit: fc.integer({ min: 1, max: 200 }),
    days: fc.integer({ min: 1, max: 30 }),
    newCases: fc.nat(250),
    shortage: fc.option(fc.constant('Expected more.'), { nil: undefined }),
    age: fc.double({ min: 0, max: 60, noNaN: true }),
  })
  .map(({ activeJob, holdOff, enabled, weekly, limit, days, newCases, shortage, age }) =>
    situation({
      state: state({ activeJob, holdOff, schedule: { newCases: limit, days, weekly, enabled } }),
      newCases,
      shortage,
      now: Date.parse(registeredAt) + age * day,
    }),
  );
const anyOccasion = fc.constantFrom(...Object.values(Occasion));

describe('whatever the situation', () => {
  it('a decision fits the contract and says its numbers', () => {
    fc.assert(
      fc.property(anyOccasion, anySituation, (occasion, given) => {
        const decision = TriggerDecision.parse(decideTrigger(occasion, given));
        expect(decision.detail).toMatch(/\.$/);
        if (decision.due) expect(decision.detail).toContain(String(given.newCases));
      }),
    );
  });

  it('nothing starts while a job is at work, with too few cases or, unless asked for, with no new one', () => {
    fc.assert(
      fc.property(anyOccasion, anySituation, (occasion, given) => {
        const { due } = decideTrigger(occasion, given);
        const impossible = given.state.activeJob !== undefined || given.shortage !== undefined;
        if (impossible || (occasion !== Occasion.Request && given.newCases === 0)) expect(due).toBe(false);
        else if (occasion === Occasion.Request) expect(due).toBe(true);
      }),
    );
  });

  it('a further case never takes a training back that is due', () => {
    fc.assert(
      fc.property(anyOccasion, anySituation, (occasion, given) => {
        if (!decideTrigger(occasion, given).due) return;
        expect(decideTrigger(occasion, { ...given, newCases: given.newCases + 1 }).due).toBe(true);
      }),
    );
  });

  it('what new cases start, the daily check starts too', () => {
    fc.assert(
      fc.property(anySituation, (given) => {
        if (decideTrigger(Occasion.Accepted, given).due) expect(decideTrigger(Occasion.Daily, given).due).toBe(true);
      }),
    );
  });

  it('a schedule that is switched off starts nothing by itself', () => {
    fc.assert(
      fc.property(anyOccasion, anySituation, (occasion, given) => {
        const schedule = { newCases: 1, days: 1, weekly: true, enabled: false };
        const { due } = decideTrigger(occasion, { ...given, state: { ...given.state, schedule } });
        if (occasion !== Occasion.Request) expect(due).toBe(false);
      }),
    );
  });
});

describe('the count trigger', () => {
  it('starts at the limit, and one case before it does not', () => {
    expect(decideTrigger(Occasion.Accepted, situation({ newCases: 99 }))).toEqual({
      due: false,
      reason: 'not-yet',
      detail: 'There are 99 new cases of 100, and 1 days have passed of 7.',
    });
    expect(decideTrigger(Occasion.Accepted, situation({ newCases: 100 }))).toMatchObject({
      due: true,
      reason: 'new-cases',
    });
  });

  it('is held off after a failure until the cases are a tenth more, which the daily check does not wait for', () => {
    const held = (newCases: number): Situation =>
      situation({ newCases, state: state({ holdOff: { job, newCases: casesAfterFailure(100) } }) });
    expect(decideTrigger(Occasion.Accepted, held(109))).toMatchObject({ due: false, reason: 'not-yet' });
    expect(decideTrigger(Occasion.Accepted, held(109)).detail).toContain('110 new cases');
    expect(decideTrigger(Occasion.Accepted, held(110)).due).toBe(true);
    expect(decideTrigger(Occasion.Daily, held(109))).toMatchObject({ due: true, reason: 'new-cases' });
  });

  it('waits for at least one more case after a failure', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (newCases) => expect(casesAfterFailure(newCases)).toBeGreaterThan(newCases)),
    );
    expect(casesAfterFailure(3)).toBe(4);
  });
});

describe('the trigger by days', () => {
  const daysLater = (days: number, given: Partial<TrainingState> = {}): Situation =>
    situation({ now: Date.parse(registeredAt) + days * day, state: state(given) });

  it('counts from the last training, or from when the model was registered', () => {
    expect(decideTrigger(Occasion.Daily, daysLater(6.99)).due).toBe(false);
    expect(decideTrigger(Occasion.Daily, daysLater(7))).toMatchObject({ due: true, reason: 'days' });
    const lastTrainedAt = '2026-01-03T00:00:00.000Z';
    expect(decideTrigger(Occasion.Daily, daysLater(8.99, { lastTrainedAt })).due).toBe(false);
    expect(decideTrigger(Occasion.Daily, daysLater(9, { lastTrainedAt })).due).toBe(true);
  });

  it('never says that days have passed which have not', () => {
    expect(decideTrigger(Occasion.Daily, daysLater(6.99)).detail).toContain('6.9 days have passed of 7');
  });
});

describe('the weekly training', () => {
  it('includes a model whose schedule says so, with at least one new case', () => {
    const weekly = (value: boolean, newCases = 1): Situation =>
      situation({ newCases, state: state({ schedule: { newCases: 100, days: 7, weekly: value, enabled: true } }) });
    expect(decideTrigger(Occasion.Weekly, weekly(true))).toMatchObject({ due: true, reason: 'weekly' });
    expect(decideTrigger(Occasion.Weekly, weekly(false)).due).toBe(false);
    expect(decideTrigger(Occasion.Weekly, weekly(true, 0))).toMatchObject({ due: false, reason: 'nothing-new' });
  });
});
