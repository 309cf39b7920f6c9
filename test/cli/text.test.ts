import { describe, expect, it } from '@jest/globals';
import { bar } from '../../cli/text/bar.ts';
import { columns } from '../../cli/text/columns.ts';
import { currentText } from '../../cli/text/current.ts';
import { evidenceLines } from '../../cli/text/evidence.ts';
import { duration, percent, points, short } from '../../cli/text/numbers.ts';
import { planText } from '../../cli/text/plan.ts';
import { rolloutText } from '../../cli/text/rollout.ts';
import { rolloutsText } from '../../cli/text/rollouts.ts';
import { RolloutPolicy } from '../../contracts/rollout-policy.ts';
import { Rollout } from '../../contracts/rollouts.ts';
import { holdbackOf } from '../../functions/rollouts/domain/strategy.ts';

describe('numbers', () => {
  it.each([
    [0.4, '0.4 s'],
    [59, '59 s'],
    [60, '1 min'],
    [3725, '1 h 2 min'],
    [90_000, '1 d 1 h'],
  ])('give %d s as %s', (seconds, text) => expect(duration(seconds)).toBe(text));

  it('give shares as percent, differences as points, and – where there is none', () => {
    expect([percent(0.125), percent(1), percent(null), points(-0.02), points(0.03), short(null)]).toEqual([
      '12.5%',
      '100%',
      '–',
      '-2',
      '+3',
      '–',
    ]);
    expect([short(1234.5), short(0.01234), short(3e7)]).toEqual(['1,235', '0.0123', '3.0e+7']);
  });
});

describe('a bar', () => {
  it('is as wide as asked, whatever the share', () => {
    for (const share of [-1, 0, 0.01, 0.5, 0.999, 1, 7]) expect(bar(share, 10)).toHaveLength(10);
    expect([bar(0, 4), bar(0.5, 4), bar(2, 4)]).toEqual(['····', '██··', '████']);
  });

  it('is half full at the square root of the threshold', () => {
    const numbers = { eValuePromote: Math.sqrt(20), thresholdPromote: 20, eValueRollback: 0.1, thresholdRollback: 10 };
    const lines = evidenceLines({
      at: '2026-01-01T00:00:00.000Z',
      stage: 'shadow',
      verdict: 'hold',
      reason: 'insufficient-evidence',
      message: 'Hold.',
      numbers,
    });
    expect(lines).toEqual([
      '  evidence for promotion  ██████████··········  4.47 of 20',
      '  evidence for rollback   ····················  0.1 of 10',
      '  Hold.',
    ]);
  });
});

it('columns are as wide as their widest cell', () => {
  expect(
    columns(
      [
        ['a', '1'],
        ['long', '22'],
      ],
      ['left', 'right'],
    ),
  ).toBe('a      1\nlong  22');
});

it('what serves now names every version with its share', () => {
  const text = currentText({
    model: 'diagnosis',
    champion: 'v1.0.0',
    challenger: 'v1.1.0',
    weight: 25,
    rivals: [{ version: 'v1.2.0', weight: 10 }],
    stage: 'canary-25',
    rollout: 'rol_1',
    previous: ['v0.9.0'],
    revision: 7,
    updatedAt: '2026-01-01T00:00:00.000Z',
  });
  expect(text).toMatch(/v1\.0\.0 serves 65% of requests/);
  expect(text).toMatch(/v1\.1\.0 challenges with 25%/);
  expect(text).toMatch(/v1\.2\.0 challenges with 10%/);
});

it('a plan is a table a kind of evidence, with what it warns of', () => {
  const verdict = { promoted: 0, rolledBack: 0.9, expired: 0.1, samples: 300, days: 2.125, daysP90: null };
  const text = planText({
    model: 'diagnosis',
    declared: 'paired',
    assumed: { labelsPerDay: 143, meanReward: null },
    plans: [
      {
        evidence: 'paired',
        samplesPerDay: 143,
        concludes: true,
        verdicts: [{ difference: -0.05, verdict: 'roll-back', ...verdict }],
        warnings: [],
      },
      { evidence: 'randomised', samplesPerDay: 0, concludes: false, verdicts: [], warnings: ['No rewards come.'] },
    ],
  });
  expect(text).toMatch(/diagnosis, with labelsPerDay 143, meanReward –/);
  expect(text).toMatch(/ {5}-5 {2}roll-back +0% +90% +10% +300 +2\.13 +–/);
  expect(text).toMatch(/randomised: 0 samples a day; an equally good challenger gets no verdict/);
  expect(text).toMatch(/! No rewards come\./);
});

describe('a rollout', () => {
  const rollout = (over: object) =>
    Rollout.parse({
      id: 'rol_01JZZZZZZZZZZZZZZZZZZZZZZZ',
      model: 'diagnosis',
      kind: 'challenger',
      status: 'running',
      version: 'v1.1.0',
      base: 'v1.0.0',
      reason: 'It passed the gate.',
      policy: RolloutPolicy.parse({}),
      startedAt: '2026-01-02T03:04:05.000Z',
      stage: 'shadow',
      stages: [{ name: 'shadow', weight: 0, startedAt: '2026-01-02T03:04:05.000Z', pairs: 7, verdict: 'hold' }],
      pairs: 7,
      failures: 0,
      ...over,
    });
  const ahead = (over: object) =>
    [...rolloutText(rollout(over)).matchAll(/^ {2}· +(\S+) +(\S+%)/gm)].map(([, ...row]) => row);
  const policySteps = [
    ['canary-5', '5%'],
    ['canary-25', '25%'],
    ['canary-50', '50%'],
  ];

  it('that is a canary has the stages of its policy and the holdback ahead', () => {
    expect(rolloutText(rollout({}))).toMatch(/▶ +shadow +0%.* 7 pairs +hold$/m);
    expect(ahead({})).toEqual([...policySteps, ['holdback', '95%']]);
  });

  it.each([
    {},
    { holdback: { percent: 0 } },
    { holdback: { percent: 12.5 } },
    { stages: [{ name: 'all', weight: 97 }] },
  ])('has the holdback that the platform gives it by the policy %j', (chosen) => {
    const policy = RolloutPolicy.parse(chosen);
    const holdback = holdbackOf(policy);
    const last = ahead({ policy }).at(-1);
    if (holdback === undefined) expect(last?.[0]).not.toBe('holdback');
    else expect(last).toEqual([holdback.name, `${holdback.weight}%`]);
  });

  it.each([
    ['a drill', { kind: 'drill', stages: [], stage: 'preparing' }],
    ['blue-green', { strategy: 'blue-green' }],
    ['one that has ended', { status: 'rolled-back' }],
  ])('that is %s has none ahead', (_, over) => {
    expect(ahead(over)).toEqual([]);
  });

  it('is a row of a list, which says how to see older ones', () => {
    const lines = rolloutsText({ items: [rollout({})], nextCursor: 'bmV4dA' }).split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[1]).toMatch(/^rol_\w+ {2}v1\.1\.0 +challenger {2}running {2}shadow {2}7 pairs {2}2026-01-02 03:04/);
    expect(lines[2]).toBe('… older ones: --cursor bmV4dA');
    expect(rolloutsText({ items: [rollout({})] }).split('\n')).toHaveLength(2);
  });
});
