import type { Block, Current, Rollout } from '../../contracts/rollouts.ts';
import { type Route, wholeWeight } from '../../contracts/route-item.ts';
import { Verdict } from '../../contracts/verdicts.ts';
import { type RolloutRecord, secondsBetween, stageName } from './domain/record.ts';
import { evidenceOf } from './operations/end-rollout.ts';
import type { Statistics } from './store/evidence-store.ts';

/**
 * A rollout as the API shows it.
 *
 * @param statistics - of a rollout that runs, whose counts are ahead of its record
 */
export const presentRollout = (
  record: RolloutRecord,
  model: string,
  now: string,
  statistics?: Statistics,
  blocks?: readonly Block[],
): Rollout => {
  const { pairs, failures, verdict } =
    statistics === undefined || record.endedAt !== undefined ? record : evidenceOf(statistics);
  return {
    id: record.id,
    model,
    kind: record.kind,
    status: record.status,
    version: record.version,
    base: record.base?.version,
    reason: record.reason,
    policy: record.policy,
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
      verdict: stage.verdict ?? verdict?.verdict ?? Verdict.Hold,
    })),
    verdict,
    pairs,
    failures,
    blocks: blocks === undefined ? undefined : [...blocks],
  };
};

export const presentRoute = (route: Route, model: string): Current => ({
  model,
  champion: route.champion.version,
  challenger: route.challenger?.version,
  stage: route.stage,
  weight: (route.weight * 100) / wholeWeight,
  rollout: route.rollout,
  previous: route.previous.map(({ version }) => version),
  revision: route.revision,
  updatedAt: route.updatedAt,
});
