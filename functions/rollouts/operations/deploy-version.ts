import type { RolloutPolicy, StagePolicy } from '../../../contracts/model.ts';
import { RolloutKind } from '../../../contracts/rollouts.ts';
import type { Route, Servable } from '../../../contracts/route-item.ts';
import { type Models, toServable, type Versions } from '../../models/index.ts';
import { type Clock, timestamp } from '../../platform/clock.ts';
import { notFound, Problem } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import type { ObjectStore } from '../../platform/object-store.ts';
import { untilStored } from '../../platform/until-stored.ts';
import { admit, isRefused } from '../domain/admission.ts';
import { beginRollout, serveFirst } from '../domain/changes.ts';
import { definePairedPolicy, InvalidPairedPolicyError } from '../domain/paired-policy.ts';
import { startPairedProcess } from '../domain/paired-process.ts';
import type { RolloutRecord } from '../domain/record.ts';
import type { DeploymentStore } from '../store/deployment-store.ts';
import type { Statistics } from '../store/evidence-store.ts';
import { verifyArtifact } from './verify-artifact.ts';

interface Dependencies {
  readonly store: DeploymentStore;
  readonly models: Pick<Models, 'get'>;
  readonly versions: Pick<Versions, 'get'>;
  readonly objects: Pick<ObjectStore, 'read'>;
  readonly clock: Clock;
  /** Gives a random text for the sticky split. */
  readonly makeSalt: () => string;
}

interface Request {
  readonly tenant: string;
  readonly model: string;
  readonly version: string;
  readonly actor: string;
  readonly reason: string;
  readonly kind: Exclude<RolloutKind, 'first'>;
  readonly overrideGate: boolean;
  /** @default the policy's */
  readonly stages?: readonly StagePolicy[] | undefined;
}

/**
 * Begins the rollout of a version; where the model has no champion, the version becomes it at once.
 *
 * @returns the rollout, running or, of a first version, ended
 * @throws Problem `not-found`, `version-rejected`, `version-serving`, `rollout-running`, `no-champion`,
 * `artifact-missing`, or `conflict` where the model's rollout policy cannot judge
 */
export const deployVersion = (dependencies: Dependencies, request: Request): Promise<RolloutRecord> => {
  const { store, models, versions, objects, clock, makeSalt } = dependencies;
  const { tenant, model: name, actor, reason } = request;
  return untilStored('the deployment', async () => {
    const [model, version, route] = await Promise.all([
      models.get(tenant, name),
      versions.get(tenant, name, request.version),
      store.route(tenant, name),
    ]);
    if (model === undefined) throw notFound(`a model ${name}`);
    if (version === undefined) throw notFound(`a version ${request.version} of ${name}`);
    const admission = admit(version, route, request.overrideGate);
    if (isRefused(admission)) throw new Problem(admission.code, admission.detail, admission.extension);

    const challenger = toServable(version);
    await verifyArtifact(objects, tenant, challenger);
    const policy = { ...model.policies.rollout, stages: [...(request.stages ?? model.policies.rollout.stages)] };
    const given = {
      id: newId('rol', clock.now()),
      kind: request.kind,
      challenger,
      reason,
      policy,
      salt: makeSalt(),
      overridden: admission.overridden,
    };
    const occasion = { at: timestamp(clock), actor };
    const change =
      admission.kind === RolloutKind.First || route === undefined
        ? serveFirst(given, occasion)
        : beginRollout(route, given, occasion);
    const begun = route === undefined ? undefined : firstStatistics(policy, challenger, route);
    return (await store.commit(tenant, name, { route }, change, begun)) ? change.rollout : undefined;
  });
};

/** Cases that came after both datasets were cut are evidence, those before the rollout began included. */
const firstStatistics = (rolloutPolicy: RolloutPolicy, challenger: Servable, { champion }: Route): Statistics => {
  const cut = Math.max(challenger.cut, champion.cut);
  try {
    const policy = definePairedPolicy(rolloutPolicy);
    return { version: 1, cut, cursor: cut, policy, state: startPairedProcess(policy), failures: 0, leftOut: 0 };
  } catch (error) {
    if (error instanceof InvalidPairedPolicyError) throw new Problem('conflict', error.message);
    throw error;
  }
};
