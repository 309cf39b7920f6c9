import { isFinishedRollout, RolloutStatus } from '../../../contracts/statuses.ts';
import type { JudgeOutput } from '../../../contracts/workflows.ts';
import type { Models } from '../../models/index.ts';
import { timestamp } from '../../platform/clock.ts';
import { logger } from '../../platform/telemetry.ts';
import { untilStored } from '../../platform/until-stored.ts';
import type { AlarmStates } from '../alarm-states.ts';
import { planAlarms } from '../domain/alarm-plan.ts';
import { followJudgement } from '../domain/follow-judgement.ts';
import { judgedVerdict } from '../domain/judged-verdict.ts';
import { isRouteOf, type RolloutRecord, stageName } from '../domain/record.ts';
import { isPastDeadline, judge } from '../domain/stages.ts';
import { decide } from '../domain/verdict.ts';
import type { DeploymentStore } from '../store/deployment-store.ts';
import { evidenceOf, expectRollout, type RolloutKey, UnknownRolloutError } from './end-rollout.ts';
import { type EvidenceDependencies, gatherEvidence } from './gather-evidence.ts';

export interface JudgeDependencies extends EvidenceDependencies {
  readonly store: DeploymentStore;
  readonly models: Pick<Models, 'get'>;
  readonly alarms: AlarmStates;
}

const actor = 'rollouts:judge';
/** Seconds to the next judgement while cases wait to be scored, or the alarms are about to be there. */
const soon = 1;

/**
 * Judges a rollout once: scores what is new, decides, and does what the decision asks for. Two judges at once, or one
 * that comes late, change nothing twice: what is stored names the evidence and the route that it was decided on.
 *
 * @throws UnknownRolloutError, ConflictError, ArtifactError
 */
export const judgeRollout = (dependencies: JudgeDependencies, key: RolloutKey): Promise<JudgeOutput> =>
  untilStored('the deployment', async () => {
    const rollout = await expectRollout(dependencies.store, key);
    if (isFinishedRollout(rollout.status)) return { status: rollout.status, waitSeconds: soon };
    return judgeRunning(dependencies, key, rollout);
  });

const judgeRunning = async (
  dependencies: JudgeDependencies,
  { tenant, model: name, rollout: id }: RolloutKey,
  rollout: RolloutRecord,
): Promise<JudgeOutput | undefined> => {
  const { store, models, evidence, alarms, clock } = dependencies;
  const [model, read] = await Promise.all([models.get(tenant, name), evidence.get(tenant, name, id)]);
  if (model === undefined || read === undefined) {
    throw new UnknownRolloutError(`Expected the model ${name} and the statistics of ${id}, found one of them missing.`);
  }
  const gathered = await gatherEvidence(dependencies, tenant, name, model.schema, rollout, read);
  if (gathered === undefined) return undefined;
  const { statistics, backlog } = gathered;

  const { guard, names } = planAlarms(id, rollout.version);
  const [health, route] = await Promise.all([alarms.health(guard.name, names), store.route(tenant, name)]);
  if (!isRouteOf(route, rollout)) return undefined;
  const now = timestamp(clock);
  const verdict = decide(statistics.state, statistics.policy, { deadlinePassed: isPastDeadline(rollout, now) });
  const judgement = judge(rollout, { now, evidence: verdict, alarms: health });
  logger.info('judged', { rollout: id, ...judgement.numbers, action: judgement.action, reason: judgement.reason });

  const counted = { ...evidenceOf(statistics), verdict: judgedVerdict(verdict, stageName(rollout), now) };
  const change = followJudgement(judgement, route, rollout, counted, { at: now, actor });
  const isPreparing = rollout.stages.length === 0;
  const waitSeconds = backlog || isPreparing ? soon : rollout.policy.tickSeconds;
  if (change === undefined) return { status: RolloutStatus.Running, waitSeconds };
  const basis = { route, rollout, statistics: statistics.version };
  const stored = await store.commit(tenant, name, basis, change);
  return stored ? { status: change.rollout?.status ?? RolloutStatus.Running, waitSeconds } : undefined;
};
