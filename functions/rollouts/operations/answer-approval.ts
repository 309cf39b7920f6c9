import { timestamp } from '../../platform/clock.ts';
import { notFound, Problem } from '../../platform/errors.ts';
import { untilStored } from '../../platform/until-stored.ts';
import { refuseApproval } from '../domain/approval.ts';
import { approve, decline } from '../domain/changes.ts';
import { isRouteOf, type RolloutRecord } from '../domain/record.ts';
import type { EndDependencies, RolloutKey } from './end-rollout.ts';
import { readEvidence } from './read-evidence.ts';

interface Answer extends RolloutKey {
  readonly approve: boolean;
  readonly reason: string;
  readonly actor: string;
}

/**
 * Takes a person's answer to a rollout that waits for approval. A yes is kept, and the next judgement promotes, if all
 * that led to the question still holds; a no ends the rollout at once.
 *
 * @throws Problem `not-found`, `approval-not-awaited`, `approval-decided`, `approval-expired`, `rollout-ended`
 */
export const answerApproval = (dependencies: EndDependencies, answer: Answer): Promise<RolloutRecord> =>
  untilStored('the rollout', async () => {
    const { store, clock } = dependencies;
    const { tenant, model, rollout: id, reason, actor } = answer;
    const rollout = await store.rollout(tenant, model, id);
    if (rollout === undefined) throw notFound(`a rollout ${id} of ${model}`);
    const occasion = { at: timestamp(clock), actor };
    const refusal = refuseApproval(rollout, occasion.at);
    if (refusal !== undefined) throw new Problem(refusal.code, refusal.detail, { rollout: id });

    const evidence = await readEvidence(dependencies, tenant, model, rollout);
    if (answer.approve) {
      const change = approve(rollout, reason, evidence, occasion);
      return (await store.commit(tenant, model, { rollout }, change)) ? change.rollout : undefined;
    }
    const route = await store.route(tenant, model);
    if (!isRouteOf(route, rollout)) return undefined;
    const change = decline(route, rollout, reason, evidence, occasion);
    return (await store.commit(tenant, model, { route, rollout }, change)) ? change.rollout : undefined;
  });
