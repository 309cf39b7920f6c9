/** What the studies are put together from. */
import { Hypothesis } from '../../../contracts/verdicts.ts';
import type { RandomisedPolicy, RandomisedSettings } from '../../../functions/rollouts/domain/randomised/policy.ts';
import type { Analysis, BlockBet, OutcomeStudy, PeerAnalysis, Watch } from '../analysis.ts';
import type { Question } from '../methods/question.ts';
import { oneSided5, twoSided5 } from '../methods/z-test.ts';
import type { Course, Scenario } from '../scenario.ts';

/** Outcomes from one evaluation of the block-bet to the next. */
export const evaluateEvery = 20;
export const horizon = 20_000;
/** 2 points, the default. */
const margin = 0.02;
/** Outcomes of the challenger that the Gaussian methods are given before their first look. */
const burnIn = 50;

export const constant = (mean: number): Course => [[0, mean]];

/** Zeros and ones, a champion right in 85%, the planned ramp, 20,000 outcomes; `more` changes that. */
export const world = (name: string, difference: number, more: Partial<Scenario> = {}): Scenario => ({
  name,
  champion: constant(0.85),
  challenger: constant(0.85 + difference),
  ramp: 'planned',
  horizon,
  values: 'binary',
  ...more,
});

export const better: Question = { direction: 1, boundary: 0 };
export const worse: Question = { direction: -1, boundary: 0 };
export const notWorseByMargin: Question = { direction: 1, boundary: -margin };
export const worseByMargin: Question = { direction: -1, boundary: -margin };

/** @param name - where another study has the same scenario and so the same draws */
export const studyOf = (
  scenario: Scenario,
  runs: number,
  analyses: readonly Analysis[],
  name = scenario.name,
): OutcomeStudy => ({ evidence: 'outcomes', name, scenario, runs, analyses });

/** The champion's mean is known from its history, as in production. */
export const superiority: RandomisedSettings = { hypothesis: Hypothesis.Superiority, binary: true, priorMean: 0.85 };
export const nonInferiority: RandomisedSettings = { ...superiority, hypothesis: Hypothesis.NonInferiority };
/** On 21 points. */
export const scoring: RandomisedSettings = { ...superiority, binary: false };
export const noReserve: RandomisedPolicy['rollbackReserve'] = { share: 0, firstUnits: 1, parts: 0 };

/** Names of the figures read off the engine's processes. */
export const promote: Watch = { name: 'promote', process: 'promotion', threshold: 20 };
/** The default: α_r = .10 and 30% of the capital in reserve. */
export const rollBack: Watch = { name: 'roll back', process: 'rollback', threshold: 10 };
export const rollBack5: Watch = { name: 'roll back at 5%', process: 'rollback', threshold: 20 };
const rollBackUnreserved: Watch = { name: 'roll back at 5%, no reserve', process: 'rollback', threshold: 20 };
export const trip: Watch = { name: 'tripwire', process: 'tripwire', threshold: 20 };

export const blockBet = (
  settings: RandomisedSettings,
  watches: readonly Watch[],
  more: Partial<BlockBet> = {},
): BlockBet => ({ test: 'block-bet', settings, every: evaluateEvery, watches, ...more });

/** Rolling back at 5% without the reserve, as the first rows of the tables do. */
export const unreserved = (more: RandomisedSettings = {}): BlockBet =>
  blockBet({ ...nonInferiority, ...more, rollbackReserve: noReserve }, [rollBackUnreserved]);

const side = ({ direction }: Question): string => (direction === 1 ? 'promote' : 'roll back');

/** `mSPRT: promote`. */
const peerName = (method: string, question: Question): string => `${method}: ${side(question)}`;

export const mixtureSprt = (question: Question, variance: 'separate' | 'pooled' = 'separate'): PeerAnalysis => {
  const method = variance === 'pooled' ? 'mSPRT, pooled' : 'mSPRT';
  return { test: 'mixture-sprt', name: peerName(method, question), question, variance, every: 1, burnIn };
};

export const asymptoticSequence = (question: Question): PeerAnalysis => ({
  test: 'asymptotic-sequence',
  name: peerName('AsympCS', question),
  question,
  every: 1,
  burnIn,
});

const oneSidedMixture = (question: Question): PeerAnalysis => ({
  test: 'one-sided-mixture',
  name: peerName('one-sided mixture', question),
  question,
  every: 1,
  burnIn,
});

const zTest = (
  method: string,
  question: Question,
  critical: number,
  more: Pick<PeerAnalysis, 'burnIn'> & { readonly every?: number } = {},
): PeerAnalysis => ({ test: 'z', name: peerName(method, question), question, critical, every: 100, ...more });

/** The textbook test, looked at every 100 outcomes until it says yes. */
export const naive = (question: Question): PeerAnalysis => zTest('naive z, two-sided', question, twoSided5);

export const furtherNaive = (question: Question): PeerAnalysis[] => [
  zTest('naive z, one-sided', question, oneSided5),
  zTest('naive z, one-sided, 50 first', question, oneSided5, { burnIn }),
  zTest('naive z, two-sided, 50 first', question, twoSided5, { burnIn }),
];

export const fixedHorizon = (question: Question): PeerAnalysis =>
  zTest('fixed horizon', question, oneSided5, { every: horizon });

export const groupSequential = (question: Question): PeerAnalysis => ({
  test: 'group-sequential',
  name: peerName('OBF', question),
  question,
  every: horizon / 20,
});

/** Cold: nothing is known. History: the champion's mean, worth 20 outcomes in each arm. */
export const universalInference = (question: Question): PeerAnalysis[] =>
  [
    { prior: { mean: 0.5, weight: 1 }, method: 'UI, cold' },
    { prior: { mean: 0.85, weight: 20 }, method: 'UI, history' },
  ].map(({ prior, method }) => ({
    test: 'universal-inference',
    name: peerName(method, question),
    question,
    prior,
    every: evaluateEvery,
  }));

/** The methods of the field that also see each outcome. */
export const gaussians = (question: Question): PeerAnalysis[] => [
  mixtureSprt(question),
  mixtureSprt(question, 'pooled'),
  asymptoticSequence(question),
  oneSidedMixture(question),
];
