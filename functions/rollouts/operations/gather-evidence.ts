import type { LedgerRow } from '../../../contracts/cases.ts';
import { isUnseen } from '../../../contracts/datasets.ts';
import type { ModelSchema } from '../../../contracts/model.ts';
import type { Block } from '../../../contracts/rollouts.ts';
import type { Servable } from '../../../contracts/route-item.ts';
import { MetricName, rolloutNamespace } from '../../../contracts/telemetry.ts';
import type { Ledger, OpenedSegment } from '../../cases/index.ts';
import { ArtifactError, ModelFailureError, type Serving } from '../../inference/index.ts';
import { type Clock, timestamp } from '../../platform/clock.ts';
import { emitMetrics } from '../../platform/telemetry.ts';
import { judgedVerdict } from '../domain/judged-verdict.ts';
import { applyBlock, pairsOf } from '../domain/paired-process.ts';
import { type GivenLabel, type PairTally, type ScoredCase, tallyPairs } from '../domain/pairs.ts';
import { type RolloutRecord, stageName } from '../domain/record.ts';
import { isPastDeadline } from '../domain/stages.ts';
import { decide } from '../domain/verdict.ts';
import type { EvidenceStore, Statistics } from '../store/evidence-store.ts';

export interface EvidenceDependencies {
  readonly ledger: Pick<Ledger, 'openAfter' | 'firstSegments'>;
  readonly serving: Pick<Serving, 'load'>;
  readonly evidence: EvidenceStore;
  readonly clock: Clock;
}

/** Segments of at most 25 cases that one judgement scores: their blocks fit one transaction, their cases a minute. */
export const segmentsAtOnce = 40;
/** Values that one metric of an EMF line holds. */
const valuesAtOnce = 100;

export interface Gathered {
  readonly statistics: Statistics;
  /** Whether there may be more to score at once. */
  readonly backlog: boolean;
}

/**
 * Scores champion and challenger on the cases that arrived since the last time, and stores what it counted: each
 * segment with an unseen case is one block, so the evidence does not depend on when it was looked at.
 *
 * @returns undefined where another judge came between
 * @throws ArtifactError where the champion cannot be loaded
 */
export const gatherEvidence = async (
  dependencies: EvidenceDependencies,
  tenant: string,
  model: string,
  schema: ModelSchema,
  rollout: RolloutRecord,
  read: Statistics,
): Promise<Gathered | undefined> => {
  const { ledger, evidence, clock } = dependencies;
  const segments = await ledger.openAfter(tenant, model, read.cursor, segmentsAtOnce);
  const last = segments.at(-1);
  if (last === undefined || rollout.base === undefined) return { statistics: read, backlog: false };
  const unseen = await unseenCases(dependencies, tenant, model, read.cut, segments);
  const scored = await scoreCases(dependencies, tenant, schema, { ...rollout, base: rollout.base }, unseen);
  const tallies = segments
    .map(({ sequence }) => ({ sequence, tally: tallyPairs(scored.filter(({ segment }) => segment === sequence)) }))
    .filter(({ tally }) => pairsOf(tally.counts) + tally.leftOut > 0);

  const at = timestamp(clock);
  const statistics = { ...counted(read, tallies), cursor: last.sequence };
  const verdict = decide(statistics.state, statistics.policy, { deadlinePassed: isPastDeadline(rollout, at) });
  const next = { ...statistics, version: read.version + 1, verdict: judgedVerdict(verdict, stageName(rollout), at) };
  const blocks: Block[] = tallies.map(({ sequence, tally }) => ({ segment: sequence, ...tally.counts, at }));
  if (!(await evidence.record(tenant, model, rollout.id, next, blocks))) return undefined;
  reportFailures(
    clock,
    rollout.id,
    scored.map(({ challenger }) => challenger),
  );
  return { statistics: next, backlog: segments.length === segmentsAtOnce };
};

type PlacedRow = { readonly segment: number; readonly row: LedgerRow };

const unseenCases = async (
  { ledger }: EvidenceDependencies,
  tenant: string,
  model: string,
  cut: number,
  segments: readonly OpenedSegment[],
): Promise<PlacedRow[]> => {
  const placed = segments.flatMap(({ sequence, rows }) => rows.map((row) => ({ segment: sequence, row })));
  const subjects = placed.flatMap(({ row }) => row.subject ?? []);
  const first = await ledger.firstSegments(tenant, model, subjects);
  return placed.filter(({ segment, row }) =>
    isUnseen(cut, segment, row.subject === null ? undefined : first.get(row.subject)),
  );
};

const scoreCases = async (
  { serving }: EvidenceDependencies,
  tenant: string,
  schema: ModelSchema,
  { base, challenger }: { readonly base: Servable; readonly challenger: Servable },
  cases: readonly PlacedRow[],
): Promise<(ScoredCase & { segment: number })[]> => {
  const inputs = cases.map(({ row }) => row.input);
  const labelsOf = async (servable: Servable): Promise<GivenLabel[]> => {
    const version = await serving.load(tenant, servable);
    const answers = await version.predictEach(inputs, schema);
    return answers.map((answer) => (answer instanceof ModelFailureError ? undefined : answer.label));
  };
  const [champion, challenging] = await Promise.all([
    labelsOf(base),
    labelsOf(challenger).catch((error: unknown): GivenLabel[] => {
      // A challenger that cannot be loaded fails on every case; a champion that cannot be is the platform's fault.
      if (error instanceof ArtifactError) return inputs.map(() => undefined);
      throw error;
    }),
  ]);
  return cases.map(({ segment, row }, index) => ({
    segment,
    label: row.label,
    champion: champion[index],
    challenger: challenging[index],
  }));
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

/** 0 or 1 for each case: the alarms of the rollout see the judge's cases as they see the app's requests. */
const reportFailures = (clock: Clock, rollout: string, given: readonly GivenLabel[]): void => {
  const values = given.map((label) => (label === undefined ? 1 : 0));
  for (let index = 0; index < values.length; index += valuesAtOnce) {
    emitMetrics(
      clock.now(),
      rolloutNamespace(rollout),
      {},
      {
        [MetricName.ChallengerFailure]: {
          unit: 'Count',
          value: values.slice(index, index + valuesAtOnce),
          highResolution: true,
        },
      },
    );
  }
};
