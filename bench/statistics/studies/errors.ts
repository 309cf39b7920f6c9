/** Table 2.1: equal versions, and a challenger exactly at the margin. */
import type { Analysis, Study } from '../analysis.ts';
import type { Question } from '../methods/question.ts';
import {
  better,
  blockBet,
  fixedHorizon,
  furtherNaive,
  gaussians,
  groupSequential,
  naive,
  nonInferiority,
  notWorseByMargin,
  promote,
  rollBack,
  rollBack5,
  studyOf,
  superiority,
  universalInference,
  unreserved,
  world,
  worseByMargin,
} from './parts.ts';

const peers = (question: Question): Analysis[] => [
  naive(question),
  ...furtherNaive(question),
  fixedHorizon(question),
  ...gaussians(question),
  groupSequential(question),
];

const equal = world('equal', 0);
const atMargin = world('at the margin', -0.02);
const rollingBack = [rollBack, rollBack5];

/** @param runs - of a rate. @param slowRuns - of universal inference, which takes long */
export const errorStudies = (runs: number, slowRuns: number): Study[] => [
  studyOf(equal, runs, [
    blockBet(superiority, [promote, ...rollingBack]),
    unreserved(),
    ...peers(better),
    ...peers(worseByMargin),
  ]),
  studyOf(equal, runs, [blockBet(superiority, [promote, rollBack], { every: 1 })], 'equal: each outcome'),
  studyOf(atMargin, runs, [
    blockBet(nonInferiority, [promote, ...rollingBack]),
    unreserved(),
    ...peers(notWorseByMargin),
    ...peers(worseByMargin),
  ]),
  studyOf(equal, slowRuns, [...universalInference(better), ...universalInference(worseByMargin)], 'equal: UI'),
  studyOf(
    atMargin,
    slowRuns,
    [...universalInference(notWorseByMargin), ...universalInference(worseByMargin)],
    'at the margin: UI',
  ),
];
