import { describe, expect, it } from '@jest/globals';
import { AuditAction, type AuditEntry } from '../../contracts/monitoring.ts';
import { checkAnswers, type Sent } from './switching/check.ts';
import { isPromotion, isReturn, routeHistory } from './switching/history.ts';

const second = (number: number): number => Date.parse('2026-01-01T00:00:00.000Z') + number * 1000;
const entry = (at: number, action: AuditAction, numbers: AuditEntry['numbers']): AuditEntry => ({
  number: at + 1,
  at: new Date(second(at)).toISOString(),
  action,
  actor: 'operator',
  reason: 'test',
  numbers,
  previous: '',
  hash: '',
});

/** v1 serves; v2 begins at 10 s, gets all at 20 s, is promoted at 30 s and left at 40 s. */
const audit = [
  entry(0, AuditAction.RolloutStarted, { version: 'v1', kind: 'first' }),
  entry(5, AuditAction.ApprovalRequested, {}),
  entry(10, AuditAction.RolloutStarted, { version: 'v2' }),
  entry(20, AuditAction.StageEntered, { version: 'v2', weight: 100 }),
  entry(30, AuditAction.RolloutEnded, { version: 'v2', end: 'baked' }),
  entry(40, AuditAction.RolledBack, { from: 'v2', to: 'v1' }),
];
const looks = [1, 2, 3, 4, 5].map((revision) => ({ revision, received: second((revision - 1) * 10) + 100 }));
const histories = new Map([['m', routeHistory(audit, looks)]]);
const answer = (at: number, version: string): Sent => ({
  model: 'm',
  sent: second(at),
  received: second(at) + 50,
  version,
});
const misrouted = (...requests: Sent[]) => checkAnswers(requests, histories, 2000).misrouted;

describe('the history of a route', () => {
  it('tells promotions and returns from whatever else ends', () => {
    expect([audit.filter(isPromotion), audit.filter(isReturn)]).toEqual([[audit[4]], [audit[5]]]);
    const ended = [
      entry(15, AuditAction.RolledBack, { version: 'v2', end: 'by-hand' }),
      entry(16, AuditAction.RolloutEnded, { version: 'v2', end: 'expired' }),
    ];
    expect([ended.filter(isPromotion), ended.filter(isReturn)]).toEqual([[], []]);
  });

  it('has a state for each revision, and none for what leaves the route as it is', () => {
    expect(histories.get('m')?.map(({ champion, challenger, weight }) => [champion, challenger, weight])).toEqual([
      ['v1', undefined, 0],
      ['v1', 'v2', 0],
      ['v1', 'v2', 100],
      ['v2', undefined, 0],
      ['v1', undefined, 0],
    ]);
  });

  it('ends each state when the next was seen first', () => {
    expect(histories.get('m')?.[3]).toMatchObject({ from: second(30), until: second(40) + 100 });
    expect(histories.get('m')?.[4]?.until).toBe(Number.POSITIVE_INFINITY);
  });

  it('takes a rollout that was rolled back out again', () => {
    const [, , state] = routeHistory(
      [
        ...audit.slice(0, 1),
        ...audit.slice(2, 3),
        entry(15, AuditAction.RolledBack, { version: 'v2', end: 'by-hand' }),
      ],
      looks,
    );
    expect(state).toMatchObject({ champion: 'v1', weight: 0 });
    expect(state?.challenger).toBeUndefined();
  });
});

describe('an answer', () => {
  it('by what is routed, or was within the time to live, is right', () => {
    expect(misrouted(answer(5, 'v1'), answer(25, 'v2'), answer(25, 'v1'), answer(41, 'v2'), answer(50, 'v1'))).toEqual(
      [],
    );
  });

  it('by a challenger without weight is wrong', () => expect(misrouted(answer(15, 'v2'))).toHaveLength(1));

  it('by a champion that was left longer ago than the time to live is wrong', () => {
    expect(misrouted(answer(33, 'v1'), answer(43, 'v2'))).toHaveLength(2);
  });

  it('by a version that is to come is wrong', () => expect(misrouted(answer(19, 'v2'))).toHaveLength(1));

  it('is decisive where one version was routed alone, longer than the time to live', () => {
    const requests = [answer(5, 'v1'), answer(25, 'v1'), answer(31, 'v2'), answer(33, 'v2'), answer(43, 'v1')];
    const { decisive } = checkAnswers(requests, histories, 2000);
    expect(decisive).toEqual([answer(5, 'v1'), answer(33, 'v2'), answer(43, 'v1')]);
  });

  it('that did not come is unserved or unknown, never misrouted', () => {
    const lost: Sent[] = [
      { model: 'm', sent: 1, received: 2, unserved: '503' },
      { model: 'm', sent: 1, received: 2, unknown: true },
    ];
    expect(checkAnswers(lost, histories, 2000)).toMatchObject({ answered: 0, unknown: 1, misrouted: [] });
    expect(checkAnswers(lost, histories, 2000).unserved).toHaveLength(1);
  });
});
