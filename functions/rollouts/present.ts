import { Strategy } from '../../contracts/rollout-policy.ts';
import type { Block, Current, RandomisedBlock, Rollout } from '../../contracts/rollouts.ts';
import { type Route, wholeWeight } from '../../contracts/route-item.ts';
import { Verdict } from '../../contracts/verdicts.ts';
import type { Evidence } from './domain/changes.ts';
import { banditStatement } from './domain/judge-bandit.ts';
import { type RolloutRecord, secondsBetween, stageName } from './domain/record.ts';

/** What the rollout was judged by, block by block. */
interface Blocks {
  readonly blocks?: readonly Block[] | undefined;
  readonly randomisedBlocks?: readonly RandomisedBlock[] | undefined;
}

/**
 * A rollout as the API shows it.
 *
 * @param counted - of a rollout that runs, whose counts are ahead of its record
 */
export const presentRollout = (
  record: RolloutRecord,
  model: string,
  now: string,
  counted?: Evidence,
  { blocks, randomisedBlocks }: Blocks = {},
): Rollout => {
  const { pairs, failures, verdict } = counted ?? record;
  const units = counted?.units ?? record.units;
  const arms = counted?.arms ?? record.bandit?.arms;
  const { policy, rivals } = record;
  return {
    id: record.id,
    model,
    kind: record.kind,
    status: record.status,
    version: record.version,
    base: record.base?.version,
    reason: record.reason,
    policy,
    startedAt: record.startedAt,
    endedAt: record.endedAt,
    seconds: record.endedAt === undefined ? undefined : secondsBetween(record.startedAt, record.endedAt),
    end: record.end,
    endReason: record.endReason,
    stage: stageName(record),
    stages: record.stages.map((stage) => ({
      name: stage.name,
      weight: stage.weight,
      startedAt: stage.startedAt,
      endedAt: stage.endedAt,
      seconds: secondsBetween(stage.startedAt, stage.endedAt ?? now),
      pairs: (stage.pairsAtEnd ?? pairs) - stage.pairsAtStart,
      units: units[stage.name],
      verdict: stage.verdict ?? verdict?.verdict ?? Verdict.Hold,
    })),
    verdict,
    pairs,
    failures,
    evidence: policy.evidence,
    strategy: policy.strategy,
    rivals: rivals.length === 0 ? undefined : rivals.map(({ version }) => version),
    units: totalOf(units),
    waitsFor: record.waitsFor,
    approval: record.approval,
    drill: record.drill,
    bandit:
      policy.strategy === Strategy.Bandit && arms !== undefined
        ? { statement: banditStatement, arms: [...arms] }
        : undefined,
    blocks: blocks === undefined ? undefined : [...blocks],
    randomisedBlocks: randomisedBlocks === undefined ? undefined : [...randomisedBlocks],
  };
};

const totalOf = (units: Readonly<Record<string, number>>): number | undefined => {
  const counts = Object.values(units);
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0);
};

const percentOf = (basisPoints: number): number => (basisPoints * 100) / wholeWeight;

export const presentRoute = (route: Route, model: string): Current => ({
  model,
  champion: route.champion.version,
  challenger: route.challenger?.version,
  stage: route.stage,
  weight: percentOf(route.weight),
  rivals: route.rivals?.map(({ servable, weight }) => ({ version: servable.version, weight: percentOf(weight) })),
  rollout: route.rollout,
  previous: route.previous.map(({ version }) => version),
  revision: route.revision,
  updatedAt: route.updatedAt,
});
