/** Table 2.2: what breaks other tests. No challenger here is better than the champion. */
import type { Entry, Study } from '../analysis.ts';
import type { Question } from '../methods/question.ts';
import { type Course, type Delays, outcomesPerUser } from '../scenario.ts';
import {
  asymptoticSequence,
  better,
  blockBet,
  constant,
  evaluateEvery,
  fixedHorizon,
  horizon,
  mixtureSprt,
  naive,
  nonInferiority,
  notWorseByMargin,
  promote,
  scoring,
  studyOf,
  superiority,
  trip,
  world,
  worse,
} from './parts.ts';

const course = (from: number, to: number): Course => [
  [0, from],
  [horizon, to],
];
const equalAlong = (means: Course) => ({ champion: means, challenger: means });
const rising = equalAlong(course(0.8, 0.9));
const falling = equalAlong(course(0.9, 0.8));

const peersOn = (question: Question) => [
  naive(question),
  mixtureSprt(question),
  asymptoticSequence(question),
  fixedHorizon(question),
];
const peers = peersOn(better);
const promoting = blockBet(superiority, [promote]);
const knowing = (priorMean: number, priorUnits = 20) => blockBet({ ...superiority, priorMean, priorUnits }, [promote]);

/** Labels of successes are there early and those of failures late, or the other way about. */
const successesFirst: Delays = { success: 300, failure: 3_000 };
const failuresFirst: Delays = { success: 3_000, failure: 300 };

/** Has 99.9% of the labels where successes come first, 99.4% where failures do. */
const longWindow: Entry = { order: 'age', window: 15_000 };
/** The shortest with 98% of the labels, of successes first and of failures first. */
const shortWindows: readonly Entry[] = [
  { order: 'age', window: 6_045 },
  { order: 'age', window: 11_249 },
];

const delayStudies = (runs: number): Study[] => [
  studyOf(world('delay: successes first', 0, { delays: successesFirst }), runs, [
    blockBet(superiority, [{ ...promote, name: 'promote, stages mixed' }], { stages: 'mixed' }),
    promoting,
    ...peers,
  ]),
  studyOf(world('delay: failures first', 0, { delays: failuresFirst }), runs, [promoting, ...peers]),
  ...[successesFirst, failuresFirst].map((delays, which) =>
    studyOf(world(`delay at the margin: ${['successes', 'failures'][which]} first`, -0.02, { delays }), runs, [
      blockBet(nonInferiority, [{ ...promote, name: 'promote, no window' }]),
      {
        ...blockBet(nonInferiority, [{ ...promote, name: 'promote, short window' }]),
        entry: shortWindows[which] as Entry,
      },
      { ...blockBet(nonInferiority, [promote]), entry: longWindow },
      ...peersOn(notWorseByMargin),
    ]),
  ),
];

/** @param runs - of a rate */
export const robustnessStudies = (runs: number): Study[] => [
  studyOf(world('drift up', 0, rising), runs, [promoting, ...peers]),
  studyOf(world('drift down', 0, falling), runs, [blockBet(superiority, [trip, promote]), ...peersOn(worse)]),
  studyOf(world('p = .97', 0, equalAlong(constant(0.97))), runs, [knowing(0.97), ...peers]),
  studyOf(world('p = .50', 0, equalAlong(constant(0.5))), runs, [knowing(0.5), ...peers]),
  studyOf(world('equal', 0), runs, [knowing(0.5, 2)], 'cold start'),
  studyOf(world('canary', 0, { ramp: 'canary' }), runs, [promoting, ...peers]),
  studyOf(world('by evidence', 0, { ramp: 'by-evidence' }), runs, [promoting, ...peers]),
  studyOf(world('by lead', 0, { ramp: 'by-lead' }), runs, [promoting, ...peers]),
  studyOf(world('by evidence: drift', 0, { ramp: 'by-evidence', ...rising }), runs, [promoting, ...peers]),
  studyOf(world('by lead: drift', 0, { ramp: 'by-lead', ...rising }), runs, [promoting, ...peers]),
  ...delayStudies(runs),
  studyOf(world('scores', 0, { values: 'score' }), runs, [blockBet(scoring, [promote]), ...peers]),
  studyOf(world('users', 0, { values: 'user' }), runs, [
    blockBet(superiority, [{ ...promote, name: 'promote, outcome by outcome' }]),
    blockBet(scoring, [promote], { unit: 'user', every: evaluateEvery / outcomesPerUser }),
    ...peers,
  ]),
  {
    evidence: 'metrics',
    name: 'four metrics at the margin',
    runs,
    metrics: new Array(4).fill({ champion: 0.85, challenger: 0.83 }),
    ramp: 'planned',
    horizon,
    every: evaluateEvery,
    settings: nonInferiority,
    threshold: 20,
  },
];
