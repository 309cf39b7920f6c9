/** Table 2.3: how soon a true difference is found. */
import { Hypothesis } from '../../../contracts/verdicts.ts';
import type { BlockBet, PairStudy, Study } from '../analysis.ts';
import type { Question } from '../methods/question.ts';
import type { Course } from '../scenario.ts';
import {
  better,
  blockBet,
  evaluateEvery,
  groupSequential,
  horizon,
  mixtureSprt,
  nonInferiority,
  noReserve,
  notWorseByMargin,
  promote,
  rollBack,
  rollBack5,
  scoring,
  studyOf,
  superiority,
  trip,
  universalInference,
  unreserved,
  world,
  worseByMargin,
} from './parts.ts';

/** Bets on the true effect alone, which nobody knows: what could be reached at best. */
const promotionOracle = (settings: BlockBet['settings'], effect: number): BlockBet =>
  blockBet({ ...settings, promotionEffects: [effect] }, [{ ...promote, name: 'oracle' }]);

const rollbackOracle = (effect: number): BlockBet =>
  blockBet({ ...nonInferiority, rollbackEffects: [effect], rollbackReserve: noReserve }, [
    { ...rollBack5, name: 'oracle' },
  ]);

const promoting = blockBet(superiority, [promote]);
const rollingBack = blockBet(nonInferiority, [rollBack, rollBack5, trip]);

const mixtures = (question: Question) => [mixtureSprt(question), mixtureSprt(question, 'pooled')];

/** 5 points better, from 8,000 outcomes on 10 points worse. */
const lateHarm: Course = [
  [0, 0.9],
  [8_000, 0.9],
  [8_000, 0.75],
];

const promotions = (runs: number, medianRuns: number): Study[] => [
  studyOf(world('+3', 0.03), runs, [
    promoting,
    blockBet(scoring, [{ ...promote, name: 'promote, on 21 points' }]),
    promotionOracle(superiority, 0.03),
    ...mixtures(better),
    groupSequential(better),
  ]),
  studyOf(world('+3: even', 0.03, { ramp: 'even' }), medianRuns, [
    promoting,
    promotionOracle(superiority, 0.03),
    ...mixtures(better),
  ]),
  studyOf(world('+3: by evidence', 0.03, { ramp: 'by-evidence' }), medianRuns, [promoting]),
  ...[1, 2, 5].map((points) =>
    studyOf(world(`+${points}`, points / 100), medianRuns, [promoting, ...mixtures(better), groupSequential(better)]),
  ),
  studyOf(
    world('equal', 0),
    runs,
    [
      blockBet(nonInferiority, [promote]),
      promotionOracle(nonInferiority, 0.02),
      ...mixtures(notWorseByMargin),
      groupSequential(notWorseByMargin),
    ],
    'not worse by the margin',
  ),
];

const rollbacks = (runs: number, medianRuns: number): Study[] => [
  studyOf(world('−5', -0.05), runs, [
    rollingBack,
    unreserved(),
    rollbackOracle(0.03),
    ...mixtures(worseByMargin),
    groupSequential(worseByMargin),
  ]),
  studyOf(world('−10', -0.1), medianRuns, [
    rollingBack,
    unreserved(),
    rollbackOracle(0.08),
    ...mixtures(worseByMargin),
    groupSequential(worseByMargin),
  ]),
  ...[10, 20].map((points) =>
    studyOf(world(`−${points}: canary`, -points / 100, { ramp: 'canary' }), medianRuns, [
      rollingBack,
      unreserved(),
      rollbackOracle(points / 100 - 0.02),
      ...mixtures(worseByMargin),
    ]),
  ),
  studyOf(world('−5: canary', -0.05, { ramp: 'canary', horizon: 60_000 }), medianRuns, [
    rollingBack,
    unreserved(),
    rollbackOracle(0.03),
    ...mixtures(worseByMargin),
  ]),
  studyOf(world('late harm', 0, { challenger: lateHarm }), medianRuns, [
    rollingBack,
    unreserved(),
    ...mixtures(worseByMargin),
  ]),
];

const scores = (runs: number): Study[] => [
  studyOf(world('scores +1', 0.01, { values: 'score' }), runs, [blockBet(scoring, [promote]), ...mixtures(better)]),
  ...[5, 10].map((points) =>
    studyOf(world(`scores −${points}`, -points / 100, { values: 'score', ramp: 'canary' }), runs, [
      blockBet({ ...nonInferiority, binary: false }, [rollBack, rollBack5]),
      unreserved({ binary: false }),
      ...mixtures(worseByMargin),
    ]),
  ),
];

const clean = { champion: 0.99, challenger: 0.99 };

/** Two guardrails that show nothing, as most rollouts have them. */
const guarded = (runs: number): Study[] =>
  [0.03, -0.1].map((difference) => ({
    evidence: 'metrics' as const,
    name: `${difference > 0 ? '+3' : '−10: canary'}: two guardrails`,
    runs,
    metrics: [{ champion: 0.85, challenger: 0.85 + difference }, clean, clean],
    ramp: difference > 0 ? ('planned' as const) : ('canary' as const),
    horizon,
    every: evaluateEvery,
    settings: superiority,
    threshold: 10,
  }));

/** Labels of both outcomes are late alike. */
const late = { delays: { success: 3_000, failure: 3_000 } };

const lateLabels = (runs: number): Study[] => [
  studyOf(world('+3: late labels', 0.03, late), runs, [promoting]),
  studyOf(world('−10: late labels', -0.1, late), runs, [rollingBack, unreserved()]),
];

/** The better version alone is right in 2% of the pairs and the difference, the worse one alone in 2%. */
const pairs = (
  name: string,
  points: number,
  runs: number,
  more: Pick<PairStudy, 'settings' | 'watches'>,
): PairStudy => ({
  evidence: 'pairs',
  name,
  runs,
  horizon,
  every: evaluateEvery,
  challengerOnly: 0.02 + Math.max(0, points / 100),
  championOnly: 0.02 + Math.max(0, -points / 100),
  ...more,
});

const shadow = (runs: number): Study[] => {
  const promotion = { settings: { hypothesis: Hypothesis.Superiority }, watches: [promote] };
  const rollback = { settings: {}, watches: [rollBack, rollBack5] };
  return [
    { ...pairs('pairs: equal', 0, runs, promotion), challengerOnly: 0.04, championOnly: 0.04 },
    pairs('pairs: +3', 3, runs, promotion),
    pairs('pairs: −5', -5, runs, rollback),
    pairs('pairs: −10', -10, runs, rollback),
  ];
};

/** @param runs - of a rate. @param medianRuns - of a size. @param slowRuns - of universal inference */
export const powerStudies = (runs: number, medianRuns: number, slowRuns: number): Study[] => [
  ...promotions(runs, medianRuns),
  ...rollbacks(runs, medianRuns),
  ...scores(medianRuns),
  ...guarded(medianRuns),
  ...lateLabels(medianRuns),
  ...shadow(runs),
  studyOf(world('+3', 0.03), slowRuns, universalInference(better), '+3: UI'),
  studyOf(world('−10', -0.1), slowRuns, universalInference(worseByMargin), '−10: UI'),
];
