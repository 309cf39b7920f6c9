/** The targets of promotion and rollback, and how each is read off the figures. */
import { type Goal, judge, type Result } from '../report.ts';
import type { Figures } from './pool.ts';
import type { Estimate, Summary } from './summary.ts';

interface Measure {
  readonly unit: string;
  readonly read: (summary: Summary) => Estimate;
}

const percent: Measure = {
  unit: '%',
  read: ({ rate }) => ({ value: 100 * rate.value, error: 100 * rate.error }),
};
const median: Measure = { unit: 'outcomes', read: (summary) => summary.median };
const medianPairs: Measure = { ...median, unit: 'pairs' };
const ninetieth: Measure = { unit: 'outcomes', read: ({ p90 }) => p90 };
const challengers: Measure = { unit: 'outcomes', read: (summary) => summary.challengers };

const onsetOfHarm = 8_000;
const medianFromOnset: Measure = {
  unit: 'outcomes',
  read: (summary) => ({ ...summary.median, value: summary.median.value - onsetOfHarm }),
};

type Place = readonly [study: string, figure: string];

/** A goal on one figure of one study. */
type Target = Goal & { readonly place: Place; readonly measure: Measure };

type More = Pick<Goal, 'grace' | 'stretch'>;

const atMost = (id: string, what: string, place: Place, measure: Measure, gate: number, more: More = {}): Target => ({
  ...{ id, what, place, measure, gate, ...more },
  unit: measure.unit,
  bound: 'at most',
});

const atLeast = (id: string, what: string, place: Place, measure: Measure, gate: number): Target => ({
  ...atMost(id, what, place, measure, gate),
  bound: 'at least',
});

/** Where the first target also has to hold. */
const robust: readonly Target[] = [
  ['both drift from 80% to 90%', 'drift up'],
  ['both drift from 90% to 80%', 'drift down'],
  ['ramp driven by the evidence', 'by evidence'],
  ['ramp follows whoever leads', 'by lead'],
  ['ramp driven by the evidence, drift', 'by evidence: drift'],
  ['ramp follows whoever leads, drift', 'by lead: drift'],
  ['both right in 50%', 'p = .50'],
  ['both right in 97%', 'p = .97'],
  ['champion’s history unknown', 'cold start'],
].map(([what, study = ''], index) =>
  atMost(`4${'abcdefghi'[index]}`, `equal, ${what}: promoted`, [study, 'promote'], percent, 5, { grace: 2 }),
);

const delayed: readonly Target[] = [
  ['equal, labels of successes first', 'delay: successes first'],
  ['equal, labels of failures first', 'delay: failures first'],
  ['2 points worse, margin of 2, successes first, age window', 'delay at the margin: successes first'],
  ['2 points worse, margin of 2, failures first, age window', 'delay at the margin: failures first'],
].map(([what, study = ''], index) => atMost(`5${'abcd'[index]}`, `${what}: promoted`, [study, 'promote'], percent, 5));

const targets: readonly Target[] = [
  atMost('1', 'equal, evaluated at each outcome: promoted', ['equal: each outcome', 'promote'], percent, 5, {
    grace: 2,
  }),
  atMost('2', '2 points worse, margin of 2: promoted', ['at the margin', 'promote'], percent, 5),
  atMost('3a', '2 points worse, margin of 2: rolled back', ['at the margin', 'roll back'], percent, 10),
  atMost('3b', 'equal: rolled back', ['equal', 'roll back'], percent, 2),
  ...robust,
  ...delayed,
  atMost('6', 'equal, 5 outcomes a user, users as units: promoted', ['users', 'promote'], percent, 5),
  atMost('7a', '−10 points, 5% canary: rolled back, median', ['−10: canary', 'roll back'], median, 3_000, {
    stretch: 2_580,
  }),
  atMost('7b', '… of them the challenger’s, median', ['−10: canary', 'roll back'], challengers, 150),
  atMost('7c', '… nine in ten within', ['−10: canary', 'roll back'], ninetieth, 7_500),
  atMost('8', '−20 points, 5% canary: rolled back, median', ['−20: canary', 'roll back'], median, 700),
  atMost('9a', '−5 points, ramp: rolled back, median', ['−5', 'roll back'], median, 7_800),
  atLeast('9b', '… by 20,000 outcomes', ['−5', 'roll back'], percent, 97),
  atMost('10a', '+3 points, ramp: promoted, median', ['+3', 'promote'], median, 7_300, { stretch: 6_420 }),
  atMost('10b', '… nine in ten within', ['+3', 'promote'], ninetieth, 12_700),
  atLeast('10c', '… by 20,000 outcomes', ['+3', 'promote'], percent, 99),
  atMost('10d', '+3 points, half and half: promoted, median', ['+3: even', 'promote'], median, 3_300),
  atMost(
    '10e',
    '+3 points, ramp driven by the evidence: promoted, median',
    ['+3: by evidence', 'promote'],
    median,
    5_600,
  ),
  atLeast('11', 'equal, margin of 2: promoted by 20,000', ['not worse by the margin', 'promote'], percent, 80),
  atMost('12a', 'scores, −10 points, 5% canary: rolled back, median', ['scores −10', 'roll back'], median, 350),
  atMost('12b', 'scores, +1 point, ramp: promoted, median', ['scores +1', 'promote'], median, 6_000),
  atMost(
    '13',
    '−10 points from 8,000 on: rolled back after that, median',
    ['late harm', 'roll back'],
    medianFromOnset,
    3_200,
  ),
  atMost('14', 'pairs, −10 points: rolled back, median', ['pairs: −10', 'roll back'], medianPairs, 130),
  atMost('15', '4 metrics 2 points worse: rolled back at 5%', ['four metrics at the margin', 'roll back'], percent, 5),
];

/** @returns the names of the studies that the target with this number needs: `7` stands for 7a to 7c */
export const studiesOf = (number: string): string[] =>
  targets.filter(({ id }) => id.replace(/[a-z]$/, '') === number).map(({ place: [study] }) => study);

/** Judges each target whose study has been simulated. */
export const judgeTargets = (figures: Figures): Result[] =>
  targets.flatMap(({ place: [study, figure], measure, ...goal }) => {
    const summary = figures[study]?.[figure];
    if (summary === undefined) return [];
    const { value, error } = measure.read(summary);
    return [judge(goal, value, error)];
  });
