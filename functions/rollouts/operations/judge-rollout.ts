import { isFinishedRollout, RolloutStatus } from '../../../contracts/statuses.ts';
import type { JudgeOutput } from '../../../contracts/workflows.ts';
import type { Models } from '../../models/index.ts';
import { timestamp } from '../../platform/clock.ts';
import { logger } from '../../platform/telemetry.ts';
import { untilStored } from '../../platform/until-stored.ts';
import type { AlarmStates } from '../alarm-states.ts';
import { planAlarms } from '../domain/alarm-plan.ts';
import { awaitsApproval } from '../domain/approval.ts';
import { followJudgement } from '../domain/follow-judgement.ts';
import { isRouteOf, type RolloutRecord } from '../domain/record.ts';
import { Judging, judgingOf } from '../domain/strategy.ts';
import type { DeploymentStore } from '../store/deployment-store.ts';
import type { RandomisedStore } from '../store/randomised-store.ts';
import { type EndDependencies, expectRollout, type RolloutKey, UnknownRolloutError } from './end-rollout.ts';
import type { BanditDependencies } from './gather-bandit.ts';
import type { EvidenceDependencies } from './gather-evidence.ts';
import type { RandomisedDependencies } from './gather-randomised.ts';
import { judgeDrill } from './judge-drill.ts';
import type { EvidenceStores } from './read-evidence.ts';
import { weighBandit } from './weigh-bandit.ts';
import { weighPaired } from './weigh-paired.ts';
import { weighRandomised } from './weigh-randomised.ts';
import type { Weighed } from './weighed.ts';

export interface JudgeDependencies
  extends Omit<EndDependencies, keyof EvidenceStores>,
    EvidenceDependencies,
    Omit<RandomisedDependencies, 'randomised'>,
    BanditDependencies {
  readonly randomised: RandomisedStore;
  readonly models: Pick<Models, 'get'>;
  readonly alarms: AlarmStates;
}

const actor = 'rollouts:judge';
/** Seconds to the next judgement while evidence waits to be counted, or the alarms are about to be there. */
const soon = 1;
/** Seconds to it at most while a person is asked: the answer takes effect with the next judgement. */
const whileAsked = 60;

/**
 * Judges a rollout once: counts what is new, decides, and does what the decision asks for. Two judges at once, or one
 * that comes late, change nothing twice: what is stored names the evidence and the route that it was decided on.
 *
 * @throws UnknownRolloutError, ConflictError, ArtifactError
 */
export const judgeRollout = (dependencies: JudgeDependencies, key: RolloutKey): Promise<JudgeOutput> =>
  untilStored('the deployment', async () => {
    const rollout = await expectRollout(dependencies.store, key);
    if (isFinishedRollout(rollout.status)) return { status: rollout.status, waitSeconds: soon };
    return judgingOf(rollout) === Judging.Drill
      ? judgeDrill(dependencies, key, rollout)
      : judgeRunning(dependencies, key, rollout);
  });

const judgeRunning = async (
  dependencies: JudgeDependencies,
  { tenant, model }: RolloutKey,
  rollout: RolloutRecord,
): Promise<JudgeOutput | undefined> => {
  const { store, alarms, clock } = dependencies;
  const weighed = await weigh(dependencies, tenant, model, rollout);
  if (weighed === undefined) return undefined;
  const [report, route] = await Promise.all([alarms.report(planAlarms(rollout)), store.route(tenant, model)]);
  if (!isRouteOf(route, rollout)) return undefined;
  const judgement = weighed.judge(report);
  const { action, reason, numbers } = judgement;
  logger.info('judged', { rollout: rollout.id, ...numbers, action, reason });

  const change = followJudgement(judgement, route, rollout, weighed.counted, { at: timestamp(clock), actor });
  const waitSeconds = secondsToNext(change?.rollout ?? rollout, weighed.backlog || rollout.stages.length === 0);
  if (change === undefined) {
    await keepWhatItWaitsFor(store, tenant, model, rollout, judgement.waitsFor);
    return { status: RolloutStatus.Running, waitSeconds };
  }
  const stored = await store.commit(tenant, model, { route, rollout, evidence: weighed.basis }, change);
  return stored ? { status: change.rollout?.status ?? RolloutStatus.Running, waitSeconds } : undefined;
};

const weigh = async (
  dependencies: JudgeDependencies,
  tenant: string,
  name: string,
  rollout: RolloutRecord,
): Promise<Weighed | undefined> => {
  const present = await dependencies.models.get(tenant, name);
  if (present === undefined) throw new UnknownRolloutError(`Expected the model ${name} of ${rollout.id}, found none.`);
  const { policy, outcomes = present.policies.outcomes } = rollout;
  // A policy that changes meanwhile applies to the next rollout.
  const model = { ...present, policies: { ...present.policies, rollout: policy, outcomes } };
  switch (judgingOf(rollout)) {
    case Judging.Bandit:
      return weighBandit(dependencies, tenant, model, rollout);
    case Judging.Randomised:
      return weighRandomised(dependencies, tenant, model, rollout);
    default:
      return weighPaired(dependencies, tenant, model, rollout);
  }
};

const secondsToNext = (rollout: RolloutRecord, isUrgent: boolean): number => {
  if (isUrgent) return soon;
  const { tickSeconds } = rollout.policy;
  return awaitsApproval(rollout) ? Math.min(tickSeconds, whileAsked) : tickSeconds;
};

/** For whoever reads the rollout; where another writer came between, the next judgement says it again. */
const keepWhatItWaitsFor = async (
  store: DeploymentStore,
  tenant: string,
  model: string,
  rollout: RolloutRecord,
  waitsFor: string | undefined,
): Promise<void> => {
  if (waitsFor === undefined || waitsFor === rollout.waitsFor) return;
  await store.save(tenant, model, { ...rollout, waitsFor, revision: rollout.revision + 1 });
};
