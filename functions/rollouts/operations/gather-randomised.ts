import { createHash } from 'node:crypto';
import { Arm } from '../../../contracts/inference.ts';
import type { ModelDeclaration } from '../../../contracts/model.ts';
import { settlingSeconds } from '../../../contracts/outcome-timing.ts';
import { timestamp } from '../../platform/clock.ts';
import { judgedVerdict } from '../domain/judged-verdict.ts';
import { blocksOf, type UniformOf } from '../domain/randomised/blocks.ts';
import { labelsDiffer } from '../domain/randomised/missing-labels.ts';
import { hasWindows, type RandomisedPolicy } from '../domain/randomised/policy.ts';
import { applyBlock } from '../domain/randomised/process.ts';
import { type AssignedOutcome, collectUnits, type UnitRule, weightsOf, windowOf } from '../domain/randomised/units.ts';
import { decideRandomised, type RandomisedVerdict } from '../domain/randomised/verdict.ts';
import { isPastDeadline, type RolloutRecord, stageName } from '../domain/record.ts';
import type { Span } from '../store/outcome-reader.ts';
import type { RandomisedStatistics, RandomisedStore } from '../store/randomised-store.ts';
import { compareLabels, type LabelDependencies, type Place } from './compare-labels.ts';
import { takeWholes } from './take-wholes.ts';

export interface RandomisedDependencies extends LabelDependencies {
  readonly randomised: Pick<RandomisedStore, 'record'>;
}

export interface GatheredOutcomes {
  readonly statistics: RandomisedStatistics;
  /** Whether there may be more to count at once. */
  readonly backlog: boolean;
}

/**
 * Counts the outcomes that have become old enough since the last time, and stores what it counted: state, cursors and
 * block log in one conditional write. What was in time is stored before it is old enough, so that nothing comes behind
 * the cursor; what came late is not among it. A crash before the write loses nothing, and two judges write once.
 *
 * @param model - with the policies that the rollout began with
 * @returns undefined where another judge came between
 */
export const gatherRandomised = async (
  dependencies: RandomisedDependencies,
  tenant: string,
  model: string,
  declaration: Pick<ModelDeclaration, 'schema' | 'policies'>,
  rollout: RolloutRecord,
  read: RandomisedStatistics,
): Promise<GatheredOutcomes | undefined> => {
  const { randomised, clock } = dependencies;
  const [now, at] = [clock.now(), timestamp(clock)];
  const place = { tenant, model, rollout: rollout.id };
  const rule = unitRule(declaration, rollout);
  const { windowSeconds } = declaration.policies.outcomes;
  const settled = windowOf(now - (windowSeconds + settlingSeconds) * 1000, rule);

  const counted = await readBlocks(dependencies, place, rule, read.policy, { from: read.cursor, before: settled });
  const { blocks, until: countedUntil } = counted;
  const labels = await compareLabels(dependencies, place, rule, { read, countedUntil, now, windowSeconds });
  if (counted.outcomes === 0 && labels.compared === undefined) return { statistics: read, backlog: false };

  const statistics: RandomisedStatistics = {
    ...read,
    ...labels.compared,
    version: read.version + 1,
    cursor: countedUntil,
    blocks: read.blocks + blocks.length,
    state: blocks.reduce((before, block) => applyBlock(before, block, read.policy), read.state),
    failures: read.failures + counted.failures,
  };
  const verdict = judgedVerdict(judgeRandomised(statistics, rollout, at), stageName(rollout), at);
  const log = blocks.map((block, index) => ({ number: read.blocks + index + 1, ...block, at }));
  const next = { ...statistics, verdict };
  if (!(await randomised.record(tenant, model, rollout.id, next, log))) return undefined;
  return { statistics: next, backlog: countedUntil < settled || labels.backlog };
};

/** What the statistics say at a time. */
export const judgeRandomised = (
  { state, policy, labels }: RandomisedStatistics,
  rollout: RolloutRecord,
  at: string,
): RandomisedVerdict =>
  decideRandomised(state, policy, { deadlinePassed: isPastDeadline(rollout, at), labelsMissing: labelsDiffer(labels) });

/** How the outcomes of a rollout become units. */
export const unitRule = (
  { schema, policies: { outcomes } }: Pick<ModelDeclaration, 'schema' | 'policies'>,
  { startedAt, policy, stages }: RolloutRecord,
): UnitRule => ({
  startedAt: Date.parse(startedAt),
  windowMilliseconds: hasWindows(schema, outcomes) ? Math.max(1, Math.round(outcomes.unitSeconds * 1000)) : undefined,
  slowMilliseconds: policy.slowMilliseconds,
  weights: weightsOf(stages),
});

interface ReadBlocks {
  readonly blocks: ReturnType<typeof blocksOf>;
  /** Everything before it has been read; ms since 1970. */
  readonly until: number;
  readonly outcomes: number;
  /** Predictions that the challenger failed on. */
  readonly failures: number;
}

/** Reads whole windows, until there are outcomes enough. What is kept of them are the blocks: units take memory. */
const readBlocks = async (
  { outcomes: reader }: RandomisedDependencies,
  { tenant, model, rollout }: Place,
  rule: UnitRule,
  policy: RandomisedPolicy,
  span: Span,
): Promise<ReadBlocks> => {
  const collection = collectUnits(rule);
  const { outcomes, failures, until } = await collectWindows(
    reader.pages(tenant, model, rollout, span),
    rule,
    collection,
  );
  const firstAt = await reader.firstAt(tenant, model, rollout, span.from > rule.startedAt ? collection.subjects() : []);
  const counted = (subject: string): boolean => (firstAt.get(subject) ?? span.from) < span.from;
  const blocks = blocksOf(collection.units(counted), rule, policy, uniformOf);
  return { blocks, until: until ?? Math.max(span.from, span.before), outcomes, failures };
};

/** @returns `until` where there is more, the begin of the first window that was not read */
export const collectWindows = async <Outcome extends AssignedOutcome>(
  pages: AsyncIterable<readonly Outcome[]>,
  rule: UnitRule,
  collection: { add(outcome: Outcome): void },
): Promise<{ outcomes: number; failures: number; until?: number }> => {
  let failures = 0;
  const { taken, ...rest } = await takeWholes(
    pages,
    (time) => windowOf(time, rule),
    (outcome) => {
      collection.add(outcome);
      failures += Number(outcome.failed && outcome.arm === Arm.Challenger);
    },
  );
  return { outcomes: taken, failures, ...rest };
};

/** 48 bits of a hash: anybody who replays the outcomes rounds them alike. */
const uniformOf: UniformOf = (unit, metric) =>
  createHash('sha256').update(`${metric}/${unit}`).digest().readUIntBE(0, 6) / 2 ** 48;
