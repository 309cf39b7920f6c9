import type { Model } from '../../../contracts/model.ts';
import { timestamp } from '../../platform/clock.ts';
import { judgedVerdict } from '../domain/judged-verdict.ts';
import { missingLabelsEvidence, missingShares } from '../domain/randomised/missing-labels.ts';
import { type RolloutRecord, stageName } from '../domain/record.ts';
import { randomisedStageEvidence } from '../domain/stage-evidence.ts';
import { judge } from '../domain/stages.ts';
import type { RandomisedStore } from '../store/randomised-store.ts';
import { UnknownRolloutError } from './end-rollout.ts';
import { gatherRandomised, judgeRandomised, type RandomisedDependencies } from './gather-randomised.ts';
import { randomisedEvidence } from './read-evidence.ts';
import { reportHarm } from './report-metrics.ts';
import type { Weighed } from './weighed.ts';

type Dependencies = Omit<RandomisedDependencies, 'randomised'> & {
  readonly randomised: Pick<RandomisedStore, 'get' | 'record'>;
};

/**
 * Weighs a rollout by the rewards of live answers: counts what is old enough, and gives what is to be judged.
 *
 * @param model - with the policies that the rollout began with
 * @returns undefined where another judge came between
 */
export const weighRandomised = async (
  dependencies: Dependencies,
  tenant: string,
  model: Model,
  rollout: RolloutRecord,
): Promise<Weighed | undefined> => {
  const { randomised, clock } = dependencies;
  const read = await randomised.get(tenant, model.name, rollout.id);
  if (read === undefined) throw new UnknownRolloutError(`Expected the units of ${rollout.id}, found none counted.`);
  const gathered = await gatherRandomised(dependencies, tenant, model.name, model, rollout, read);
  if (gathered === undefined) return undefined;
  const { statistics, backlog } = gathered;
  const now = timestamp(clock);
  const verdict = judgeRandomised(statistics, rollout, now);
  const { eValueRollback, thresholdRollback } = verdict.numbers;
  reportHarm(clock, rollout.id, {
    worseThanMargin: eValueRollback / thresholdRollback,
    missingLabelsDiffer: missingLabelsEvidence(statistics.labels),
    missingLabels: missingShares(statistics.labels),
  });
  return {
    backlog,
    basis: { kind: 'randomised', version: statistics.version },
    counted: { ...randomisedEvidence(statistics), verdict: judgedVerdict(verdict, stageName(rollout), now) },
    judge: (alarms) => judge(rollout, { now, evidence: randomisedStageEvidence(rollout, verdict), alarms }),
  };
};
