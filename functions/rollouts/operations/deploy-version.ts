import type { Model } from '../../../contracts/model.ts';
import type { NewRollout, RolloutKind } from '../../../contracts/rollouts.ts';
import type { Servable } from '../../../contracts/route-item.ts';
import type { Version } from '../../../contracts/versions.ts';
import { type Models, toServable } from '../../models/index.ts';
import { type Clock, timestamp } from '../../platform/clock.ts';
import { notFound, Problem } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import type { ObjectStore } from '../../platform/object-store.ts';
import { untilStored } from '../../platform/until-stored.ts';
import { admit, isRefused } from '../domain/admission.ts';
import { beginRollout, type NewRecord, serveFirst } from '../domain/changes.ts';
import type { RolloutRecord } from '../domain/record.ts';
import { requestedPolicy } from '../domain/requested-policy.ts';
import type { DeploymentStore } from '../store/deployment-store.ts';
import { type BeginEvidenceDependencies, beginEvidence } from './begin-evidence.ts';
import { runningDrill } from './running-drill.ts';
import { verifyArtifact } from './verify-artifact.ts';

export interface DeployDependencies extends BeginEvidenceDependencies {
  readonly store: DeploymentStore;
  readonly models: Pick<Models, 'get'>;
  readonly objects: Pick<ObjectStore, 'read'>;
  readonly clock: Clock;
  /** Gives a random text for the sticky split. */
  readonly makeSalt: () => string;
}

/** What the API takes, and who asks. */
type Request = Pick<
  NewRollout,
  'version' | 'reason' | 'overrideGate' | 'stages' | 'strategy' | 'bakeSeconds' | 'rivals'
> & {
  readonly tenant: string;
  readonly model: string;
  readonly actor: string;
  readonly kind: Extract<RolloutKind, 'challenger' | 'manual'>;
};

/**
 * Begins the rollout of a version; where the model has no champion, the version becomes it at once. A drill that runs
 * gives way.
 *
 * @returns the rollout, running or, of a first version, ended
 * @throws Problem `not-found`, `invalid-request`, `version-rejected`, `version-serving`, `rollout-running`, `no-champion`,
 * `artifact-missing`, or `conflict` where the model's rollout policy cannot judge
 */
export const deployVersion = (dependencies: DeployDependencies, request: Request): Promise<RolloutRecord> => {
  const { store, clock } = dependencies;
  const { tenant, model: name, actor } = request;
  return untilStored('the deployment', async () => {
    const [model, version, rivals, route] = await Promise.all([
      expectModel(dependencies, tenant, name),
      expectVersion(dependencies, tenant, name, request.version),
      Promise.all((request.rivals ?? []).map((rival) => expectVersion(dependencies, tenant, name, rival))),
      store.route(tenant, name),
    ]);
    const drill = await runningDrill(store, tenant, name, route);
    const admission = admit(version, drill === undefined ? route : drill.without, request.overrideGate, rivals);
    if (isRefused(admission)) throw new Problem(admission.code, admission.detail, admission.extension);
    const given = await newRecord(dependencies, request, model, [version, ...rivals], admission.overridden);
    const occasion = { at: timestamp(clock), actor };
    if (route === undefined) {
      const change = serveFirst(given, occasion);
      return (await store.commit(tenant, name, { route }, change)) ? change.rollout : undefined;
    }
    const { policy, challenger } = given;
    const begun = await beginEvidence(dependencies, { tenant, model, policy, challenger, route });
    // Only once nothing more can be refused.
    if (drill !== undefined) {
      await drill.giveWay(occasion);
      return undefined;
    }
    const change = beginRollout(route, given, occasion);
    return (await store.commit(tenant, name, { route }, change, begun)) ? change.rollout : undefined;
  });
};

const expectModel = async ({ models }: DeployDependencies, tenant: string, name: string): Promise<Model> => {
  const model = await models.get(tenant, name);
  if (model === undefined) throw notFound(`a model ${name}`);
  return model;
};

const expectVersion = async (
  { versions }: DeployDependencies,
  tenant: string,
  model: string,
  name: string,
): Promise<Version> => {
  const version = await versions.get(tenant, model, name);
  if (version === undefined) throw notFound(`a version ${name} of ${model}`);
  return version;
};

/** @throws Problem `invalid-request` where the request does not fit the model's policy, `artifact-missing` */
const newRecord = async (
  { objects, clock, makeSalt }: DeployDependencies,
  request: Request,
  { policies }: Model,
  versions: readonly [Version, ...Version[]],
  overridden: readonly string[],
): Promise<NewRecord> => {
  const policy = requestedPolicy(policies.rollout, request);
  if (Array.isArray(policy)) {
    throw new Problem(
      'invalid-request',
      `Expected a rollout that the policy of ${request.model} allows; ${policy.length} members do not fit it. See errors.`,
      { errors: policy },
    );
  }
  const [challenger, ...rivals] = versions.map(toServable) as [Servable, ...Servable[]];
  for (const servable of [challenger, ...rivals]) await verifyArtifact(objects, request.tenant, servable);
  return {
    id: newId('rol', clock.now()),
    kind: request.kind,
    challenger,
    rivals,
    reason: request.reason,
    policy,
    outcomes: policies.outcomes,
    salt: makeSalt(),
    overridden,
  };
};
