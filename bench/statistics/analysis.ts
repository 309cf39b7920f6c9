/** What is asked of a simulated rollout, as plain data: studies name analyses, threads carry them out. */
import type { PairedPolicy } from '../../functions/rollouts/domain/paired-policy.ts';
import type { RandomisedSettings } from '../../functions/rollouts/domain/randomised/policy.ts';
import type { Question } from './methods/question.ts';
import type { BetaPrior } from './methods/universal-inference.ts';
import type { Scenario } from './scenario.ts';

/** When an outcome with a delayed label enters the evidence. */
export type Entry =
  /** With its label, in the order of the labels. */
  | { readonly order: 'arrival' }
  /** At a fixed age, given in outcomes, as known then; without a label by then not at all. */
  | { readonly order: 'age'; readonly window: number };

/** A process of the engine and the e-value that it has to reach. */
export interface Watch {
  /** Of the figure; unique within a study. */
  readonly name: string;
  readonly process: 'promotion' | 'rollback' | 'tripwire';
  readonly threshold: number;
}

/** The product's own engine. */
export interface BlockBet {
  readonly test: 'block-bet';
  readonly settings: RandomisedSettings;
  /** Outcomes from one evaluation to the next; of users, where the unit is one. */
  readonly every: number;
  /** `mixed` forgets the stage at assignment, as no rollout may. @default 'separate' */
  readonly stages?: 'separate' | 'mixed';
  /** `user` bets on the mean of a user's outcomes. @default 'outcome' */
  readonly unit?: 'outcome' | 'user';
  readonly watches: readonly Watch[];
}

interface Peer {
  /** Of the figure; unique within a study. */
  readonly name: string;
  readonly question: Question;
  /** Outcomes from one look to the next. */
  readonly every: number;
  /** Outcomes of the challenger before the first look. @default 1 */
  readonly burnIn?: number;
}

/** A method of the field, on the running totals of both arms. */
export type PeerAnalysis = Peer &
  (
    | { readonly test: 'z'; readonly critical: number }
    | { readonly test: 'mixture-sprt'; readonly variance: 'separate' | 'pooled' }
    | { readonly test: 'one-sided-mixture' | 'asymptotic-sequence' | 'group-sequential' }
    | { readonly test: 'universal-inference'; readonly prior: BetaPrior }
  );

export type Analysis = (BlockBet | PeerAnalysis) & {
  /** @default in the order of the predictions, labels being there at once */
  readonly entry?: Entry;
};

interface StudyBase {
  /** Of the figures. */
  readonly name: string;
  readonly runs: number;
}

/** One scenario, simulated so many times, and all that is read off the same draws. */
export interface OutcomeStudy extends StudyBase {
  readonly evidence: 'outcomes';
  readonly scenario: Scenario;
  readonly analyses: readonly Analysis[];
}

/** Several metrics of the same outcomes, independent of each other, zeros and ones; the reward first. */
export interface MetricsStudy extends StudyBase {
  readonly evidence: 'metrics';
  readonly metrics: readonly { readonly champion: number; readonly challenger: number }[];
  readonly ramp: 'planned' | 'canary';
  readonly horizon: number;
  /** Outcomes from one evaluation to the next. */
  readonly every: number;
  readonly settings: RandomisedSettings;
  /** e-value that rolls back. */
  readonly threshold: number;
}

/** Both versions are scored on each case, so that only the cases on which they differ tell anything. */
export interface PairStudy extends StudyBase {
  readonly evidence: 'pairs';
  /** Pairs after which the rollout ends. */
  readonly horizon: number;
  /** Pairs from one evaluation to the next. */
  readonly every: number;
  /** Share of the pairs in which only the challenger is right. */
  readonly challengerOnly: number;
  readonly championOnly: number;
  readonly settings: Partial<PairedPolicy>;
  readonly watches: readonly Watch[];
}

/** Assignments and labels on the planned ramp, without rewards. */
export interface AlarmStudy extends StudyBase {
  readonly evidence: 'alarms';
  /** Predictions after which the rollout ends. */
  readonly horizon: number;
  /** Predictions from one evaluation to the next. */
  readonly every: number;
  /** Share of the challenger's predictions of which nothing is ever heard. */
  readonly lost: number;
  /** Share of the others whose label never comes. */
  readonly missing: { readonly champion: number; readonly challenger: number };
}

export type Study = OutcomeStudy | MetricsStudy | PairStudy | AlarmStudy;
