import type { Model } from '../../../contracts/model.ts';
import { timestamp } from '../../platform/clock.ts';
import { judgedVerdict } from '../domain/judged-verdict.ts';
import { isPastDeadline, type RolloutRecord, stageName } from '../domain/record.ts';
import { driftOf } from '../domain/score-drift.ts';
import { pairedStageEvidence } from '../domain/stage-evidence.ts';
import { judge } from '../domain/stages.ts';
import { decide } from '../domain/verdict.ts';
import { UnknownRolloutError } from './end-rollout.ts';
import { type EvidenceDependencies, gatherEvidence } from './gather-evidence.ts';
import { pairedEvidence } from './read-evidence.ts';
import { reportHarm } from './report-metrics.ts';
import type { Weighed } from './weighed.ts';

/**
 * Weighs a rollout by its pairs: scores what is new, and gives what is to be judged.
 *
 * @returns undefined where another judge came between
 */
export const weighPaired = async (
  dependencies: EvidenceDependencies,
  tenant: string,
  model: Model,
  rollout: RolloutRecord,
): Promise<Weighed | undefined> => {
  const { evidence, clock } = dependencies;
  const read = await evidence.get(tenant, model.name, rollout.id);
  if (read === undefined) throw new UnknownRolloutError(`Expected the pairs of ${rollout.id}, found none counted.`);
  const gathered = await gatherEvidence(dependencies, tenant, model, rollout, read);
  if (gathered === undefined) return undefined;
  const { statistics, backlog } = gathered;
  const now = timestamp(clock);
  const verdict = decide(statistics.state, statistics.policy, { deadlinePassed: isPastDeadline(rollout, now) });
  const { eValueRollback, thresholdRollback } = verdict.numbers;
  reportHarm(clock, rollout.id, {
    worseThanMargin: eValueRollback / thresholdRollback,
    scoreDrift: statistics.drift === undefined ? 0 : driftOf(statistics.drift),
  });
  return {
    backlog,
    basis: { kind: 'paired', version: statistics.version },
    counted: { ...pairedEvidence(statistics), verdict: judgedVerdict(verdict, stageName(rollout), now) },
    judge: (alarms) => judge(rollout, { now, evidence: pairedStageEvidence(rollout, verdict), alarms }),
  };
};
