import { objectKeys } from '../../../contracts/keys.ts';
import type { Model } from '../../../contracts/model.ts';
import { toleranceOf } from '../../../contracts/right-answer.ts';
import type { Block } from '../../../contracts/rollouts.ts';
import type { Servable } from '../../../contracts/route-item.ts';
import type { Ledger } from '../../cases/index.ts';
import type { Serving } from '../../inference/index.ts';
import { readHoldout } from '../../models/index.ts';
import { type Clock, timestamp } from '../../platform/clock.ts';
import type { ObjectStore } from '../../platform/object-store.ts';
import { judgedVerdict } from '../domain/judged-verdict.ts';
import { pairableCases } from '../domain/pairable-cases.ts';
import { applyBlock, pairsOf } from '../domain/paired-process.ts';
import { ChallengerFault, type PairTally, tallyPairs } from '../domain/pairs.ts';
import { isPastDeadline, type RolloutRecord, stageName } from '../domain/record.ts';
import { addScores, type ScoreDrift, startScoreDrift } from '../domain/score-drift.ts';
import { decide } from '../domain/verdict.ts';
import type { EvidenceStore, Statistics } from '../store/evidence-store.ts';
import { reportAnswers } from './report-metrics.ts';
import { scoreCases, scoreClassOf } from './score-cases.ts';

export interface EvidenceDependencies {
  readonly ledger: Pick<Ledger, 'openAfter' | 'firstSegments'>;
  readonly serving: Pick<Serving, 'load'>;
  readonly objects: Pick<ObjectStore, 'read'>;
  readonly evidence: EvidenceStore;
  readonly clock: Clock;
}

/** Segments of at most 25 cases that one judgement scores: their blocks fit one transaction, their cases a minute. */
export const segmentsAtOnce = 40;

export interface Gathered {
  readonly statistics: Statistics;
  /** Whether there may be more to score at once. */
  readonly backlog: boolean;
}

/**
 * Scores champion and challenger on the cases that arrived since the last time, and stores what it counted: each
 * segment with a pair is one block, so the evidence does not depend on when it was looked at.
 *
 * @returns undefined where another judge came between
 * @throws ArtifactError where the champion cannot be loaded
 */
export const gatherEvidence = async (
  dependencies: EvidenceDependencies,
  tenant: string,
  model: Model,
  rollout: RolloutRecord,
  read: Statistics,
): Promise<Gathered | undefined> => {
  const { ledger, objects, evidence, clock } = dependencies;
  const { base, challenger, policy } = rollout;
  const segments = await ledger.openAfter(tenant, model.name, read.cursor, segmentsAtOnce);
  const last = segments.at(-1);
  if (last === undefined || base === undefined) return { statistics: read, backlog: false };
  const subjects = segments.flatMap(({ rows }) => rows.flatMap(({ subject }) => subject ?? []));
  const pairable = pairableCases(read.cut, segments, await ledger.firstSegments(tenant, model.name, subjects));
  const { cases, milliseconds } = await scoreCases(dependencies, tenant, model, { base, challenger }, pairable);
  const tolerance = toleranceOf(model.schema);
  const tallies = segments
    .map(({ sequence }) => ({
      sequence,
      tally: tallyPairs(
        cases.filter(({ segment }) => segment === sequence),
        tolerance,
      ),
    }))
    .filter(({ tally }) => pairsOf(tally.counts) + tally.leftOut > 0);
  const drift = read.drift ?? (await holdoutScores(objects, tenant, challenger, scoreClassOf(model)));

  const at = timestamp(clock);
  const statistics = {
    ...counted(read, tallies),
    drift: addScores(
      drift,
      cases.flatMap(({ score }) => score ?? []),
    ),
    cursor: last.sequence,
  };
  const verdict = decide(statistics.state, statistics.policy, { deadlinePassed: isPastDeadline(rollout, at) });
  const next = { ...statistics, version: read.version + 1, verdict: judgedVerdict(verdict, stageName(rollout), at) };
  const blocks: Block[] = tallies.map(({ sequence, tally }) => ({ segment: sequence, ...tally.counts, at }));
  if (!(await evidence.record(tenant, model.name, rollout.id, next, blocks))) return undefined;
  const answers = cases.map(({ challenger: label, fault }) => ({
    failed: label === undefined,
    malformed: fault === ChallengerFault.Malformed,
    slow: milliseconds > policy.slowMilliseconds,
  }));
  reportAnswers(clock, rollout.id, answers);
  return { statistics: next, backlog: segments.length === segmentsAtOnce };
};

const counted = (read: Statistics, tallies: readonly { readonly tally: PairTally }[]): Statistics => {
  let { state, failures, leftOut } = read;
  for (const { tally } of tallies) {
    state = applyBlock(state, tally.counts, read.policy);
    failures += tally.failures;
    leftOut += tally.leftOut;
  }
  return { ...read, state, failures, leftOut };
};

/** What the challenger scored on its holdout, as its training wrote it. Where that is gone, no drift can be seen. */
const holdoutScores = async (
  objects: Pick<ObjectStore, 'read'>,
  tenant: string,
  { digest, signature }: Servable,
  scoreClass: string | undefined,
): Promise<ScoreDrift> => {
  const content = await objects.read(objectKeys.holdoutPredictions(tenant, digest));
  const { classes } = signature;
  // A number predicted is the one column that there is.
  const [index, width] = scoreClass === undefined ? [0, 1] : [classes.indexOf(scoreClass), classes.length];
  if (content === undefined || index < 0) return startScoreDrift([]);
  const { expected } = readHoldout(Buffer.from(content).toString('utf8'), signature);
  return startScoreDrift(Array.from(expected).filter((_, position) => position % width === index));
};
