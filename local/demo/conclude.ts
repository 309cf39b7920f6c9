import { expectAnswer } from '../../client/index.ts';
import { RolloutStatus } from '../../contracts/statuses.ts';
import type { DemoReport } from './report.ts';
import { listRollouts } from './rollouts.ts';
import { model, type World } from './world.ts';

const ofModel = { params: { path: { model }, query: { limit: 100 } } };

type Parts = Pick<DemoReport, 'cases' | 'datasets' | 'jobs' | 'versions' | 'rollouts' | 'accuracy' | 'rollbacks'>;

const rolloutsOf = async (world: World): Promise<Pick<Parts, 'rollouts' | 'rollbacks'>> => {
  const rollouts = (await listRollouts(world)).reverse();
  return {
    rollouts: rollouts.map((rollout) => ({
      version: rollout.version,
      kind: rollout.kind,
      stages: rollout.stages.map(({ name, weight, seconds = 0, verdict }) => ({ name, weight, seconds, verdict })),
      end: rollout.status,
      reason: rollout.endReason ?? rollout.reason,
      seconds: rollout.seconds ?? 0,
    })),
    rollbacks: rollouts
      .filter(({ status }) => status === RolloutStatus.RolledBack)
      .map(({ end, seconds = 0 }) => ({ cause: end ?? 'unknown', seconds })),
  };
};

/** Asks the public API for all that happened. */
export const gather = async (world: World): Promise<Parts> => {
  const { operator } = world.acme;
  const [statistics, datasets, jobs, versions, rollouts] = await Promise.all([
    operator.GET('/v1/models/{model}/cases/statistics', { params: { path: { model } } }).then(expectAnswer),
    operator.GET('/v1/models/{model}/datasets', ofModel).then(expectAnswer),
    operator.GET('/v1/models/{model}/training-jobs', ofModel).then(expectAnswer),
    operator.GET('/v1/models/{model}/versions', ofModel).then(expectAnswer),
    rolloutsOf(world),
  ]);
  const { accepted, quarantined, reasons } = statistics;
  return {
    cases: {
      received: world.sent.cases,
      accepted,
      quarantined: reasons as Record<string, number>,
      refused: world.sent.refused,
      lost: world.sent.cases - world.sent.refused - accepted - quarantined,
    },
    datasets: datasets.items.map(({ id, cases, train, holdout }) => ({ id, cases, train, holdout })),
    jobs: jobs.items.map(({ id, status, seconds = 0, version = null }) => ({ id, status, seconds, version })).reverse(),
    versions: versions.items
      .map(({ version, status, metrics }) => ({ version, status, metrics: { holdout: metrics.holdout } }))
      .reverse(),
    ...rollouts,
    accuracy: await accuracyOf(world),
  };
};

/** Accuracy of champion and challenger on the cases that both were judged by, in the first rollout that was promoted. */
const accuracyOf = async (world: World): Promise<DemoReport['accuracy']> => {
  const promoted = (await listRollouts(world)).find(
    ({ status, verdict }) => status === RolloutStatus.Promoted && verdict !== undefined,
  );
  const { meanChampion, meanChallenger } = promoted?.verdict?.numbers ?? {};
  if (typeof meanChampion !== 'number' || typeof meanChallenger !== 'number') {
    throw new Error(
      'Expected a promoted rollout whose verdict gives the accuracy of both versions, and there is none.',
    );
  }
  return { before: meanChampion, after: meanChallenger };
};
