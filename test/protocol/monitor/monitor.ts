/** Watches every write and holds it against every invariant. */
import type { Process } from '../cloud/scheduler.ts';
import type { Item } from '../dynamodb/expressions.ts';
import { followAudit } from './audit.ts';
import { whatWasReached } from './coverage.ts';
import { Deployments } from './deployment.ts';
import { endingInvariants } from './endings.ts';
import { evidenceInvariants } from './evidence.ts';
import { type Invariant, type Observation, ViolationError, type World } from './invariant.ts';
import { promotionInvariants } from './promotion.ts';
import { rampInvariants } from './ramp.ts';
import { servingInvariants } from './serving.ts';
import { stageInvariants } from './stage-end.ts';

export interface Monitor {
  readonly deployments: Deployments;
  /** @throws ViolationError */
  wrote(items: readonly Item[], process: Process | undefined): void;
}

/**
 * @param reached - is told what the sequence came to, for the count of what was tried
 * @param items - that are stored already
 */
export const openMonitor = (world: World, reached: (what: string) => void, items: readonly Item[]): Monitor => {
  const invariants: readonly Invariant[] = [
    ...servingInvariants,
    ...rampInvariants,
    ...endingInvariants(),
    ...evidenceInvariants,
    ...promotionInvariants,
    ...stageInvariants,
  ];
  const checkAudit = followAudit(items);
  const deployments = new Deployments();
  deployments.write(items);
  return {
    deployments,
    wrote: (written, process) => {
      const changes = deployments.write(written);
      checkAudit(written);
      for (const { model, before, after } of changes) {
        const observation: Observation = { world, model, before, after, written, process };
        whatWasReached(observation).forEach(reached);
        const broken = invariants.flatMap(({ rule, violation }) => {
          const detail = violation(observation);
          return detail === undefined ? [] : [[rule, detail] as const];
        });
        if (broken.length > 0) throw new ViolationError(...broken);
      }
    },
  };
};
