import type { Model } from '../../../contracts/model.ts';
import { timestamp } from '../../platform/clock.ts';
import { judgeBandit } from '../domain/judge-bandit.ts';
import type { RolloutRecord } from '../domain/record.ts';
import { UnknownRolloutError } from './end-rollout.ts';
import { type BanditDependencies, gatherBandit } from './gather-bandit.ts';
import { banditEvidence } from './read-evidence.ts';
import type { Weighed } from './weighed.ts';

/**
 * Weighs a bandit by the rewards of live answers: counts what is old enough, and gives what is to be judged.
 *
 * @param model - with the policies that the rollout began with
 * @returns undefined where another judge came between
 */
export const weighBandit = async (
  dependencies: BanditDependencies,
  tenant: string,
  model: Model,
  rollout: RolloutRecord,
): Promise<Weighed | undefined> => {
  const { bandits, clock } = dependencies;
  const read = await bandits.get(tenant, model.name, rollout.id);
  if (read === undefined) throw new UnknownRolloutError(`Expected the rewards of ${rollout.id}, found none counted.`);
  const gathered = await gatherBandit(dependencies, tenant, model.name, model, rollout, read);
  if (gathered === undefined) return undefined;
  const { statistics, backlog } = gathered;
  const now = timestamp(clock);
  return {
    backlog,
    basis: { kind: 'bandit', version: statistics.version },
    counted: banditEvidence(rollout, statistics),
    judge: (alarms) => judgeBandit(rollout, { now, earned: statistics.earned, alarms }),
  };
};
