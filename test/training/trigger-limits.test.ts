import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TrainingPolicy } from '../../contracts/model.ts';
import { neverTrained } from '../../functions/training/domain/training-state.ts';
import {
  debounceSecondsLeft,
  decideTrigger,
  Occasion,
  type Situation,
} from '../../functions/training/domain/trigger.ts';

const registeredAt = '2026-01-01T00:00:00.000Z';
const now = Date.parse('2026-01-10T00:00:00.000Z');
const ago = (seconds: number): string => new Date(now - seconds * 1000).toISOString();

const situation = (policy: object, given: Partial<Situation> = {}): Situation => ({
  state: neverTrained,
  policy: TrainingPolicy.parse({ newCases: 100, days: 7, ...policy }),
  registeredAt,
  accepted: 500,
  newCases: 100,
  spent: 0,
  estimated: 1,
  now,
  ...given,
});

const automatic = [Occasion.Accepted, Occasion.Daily, Occasion.Weekly, Occasion.Collection, Occasion.Drift];

describe('the monthly budget', () => {
  it('is never passed, whoever asks and whatever was spent', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(Occasion)),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (occasion, monthlyBudget, spent, estimated) => {
          const { due, reason } = decideTrigger(occasion, situation({ monthlyBudget }, { spent, estimated }));
          if (spent + estimated > monthlyBudget) expect({ due, reason }).toEqual({ due: false, reason: 'over-budget' });
          else expect(due).toBe(true);
        },
      ),
    );
  });

  it('says what was spent, what the training may cost, and what to do', () => {
    const { detail } = decideTrigger(
      Occasion.Request,
      situation({ monthlyBudget: 5 }, { spent: 4.5, estimated: 0.75 }),
    );
    expect(detail).toMatch(/cost \$4.50, and this one may cost \$0.75: more than the \$5.00 .* Raise it/);
  });
});

describe('the cool-down', () => {
  const cooling = (seconds: number) =>
    situation({ coolDownSeconds: 3600 }, { state: { ...neverTrained, lastTrainedAt: ago(seconds) } });

  it.each(automatic)('holds %s off until it has passed', (occasion) => {
    expect(decideTrigger(occasion, cooling(3599))).toMatchObject({ due: false, reason: 'cooling-down' });
    expect(decideTrigger(occasion, cooling(3599)).detail).toContain('in 1 s');
    expect(decideTrigger(occasion, cooling(3600)).due).toBe(true);
  });

  it('does not hold off who asks by hand', () => {
    expect(decideTrigger(Occasion.Request, cooling(1)).due).toBe(true);
  });
});

describe('the debounce', () => {
  const waiting = (seconds?: number) =>
    situation(
      { debounceSeconds: 60 },
      seconds === undefined ? {} : { state: { ...neverTrained, dueSince: ago(seconds) } },
    );

  it('lets the count trigger wait from when there were enough cases, and no other', () => {
    expect(decideTrigger(Occasion.Accepted, waiting())).toMatchObject({ due: false, reason: 'debouncing' });
    expect(decideTrigger(Occasion.Accepted, waiting(59)).detail).toContain('in 1 s');
    expect(decideTrigger(Occasion.Accepted, waiting(60))).toMatchObject({ due: true, reason: 'new-cases' });
    expect(decideTrigger(Occasion.Daily, waiting()).due).toBe(true);
  });

  it('has so many seconds left, never more than the policy says and never fewer than none', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 5000 }), (debounceSeconds, seconds) => {
        const left = debounceSecondsLeft(
          situation({ debounceSeconds }, { state: { ...neverTrained, dueSince: ago(seconds) } }),
        );
        expect(left).toBe(Math.max(0, debounceSeconds - seconds));
      }),
    );
  });
});

describe('drift', () => {
  it('starts a training where there is something new to learn from, with its cause as the reason', () => {
    const cause = 'The input radius has drifted.';
    expect(decideTrigger(Occasion.Drift, situation({}, { newCases: 3 }), cause)).toEqual({
      due: true,
      reason: 'drift',
      detail: 'The input radius has drifted. There are 3 new cases.',
    });
    expect(decideTrigger(Occasion.Drift, situation({}, { newCases: 0 }), cause)).toMatchObject({
      reason: 'nothing-new',
    });
  });
});
