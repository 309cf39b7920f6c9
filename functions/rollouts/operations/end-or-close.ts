import type * as z from 'zod';
import { RolloutEnd } from '../../../contracts/rollouts.ts';
import type { EndRolloutInput, EndRolloutOutput } from '../../../contracts/workflows.ts';
import { expire } from '../domain/changes.ts';
import { closeRollout, type EndDependencies, endRollout } from './end-rollout.ts';

/**
 * Closes a rollout whose alarms are deleted; before that it ends one that could not be judged further, and keeps the
 * champion.
 *
 * @throws UnknownRolloutError, ConflictError
 */
export const endOrClose = async (
  dependencies: EndDependencies,
  { alarmsDeleted, error, ...key }: z.infer<typeof EndRolloutInput>,
): Promise<z.infer<typeof EndRolloutOutput>> => {
  if (alarmsDeleted) {
    const { status } = await closeRollout(dependencies.store, key);
    return { status };
  }
  const reason = `The rollout could not be judged further (${error?.Error ?? 'no error named'}); the champion stays.`;
  const { status } = await endRollout(dependencies, key, 'rollouts:end', (route, rollout, evidence, occasion) =>
    expire(route, rollout, RolloutEnd.Error, reason, evidence, occasion),
  );
  return { status };
};
