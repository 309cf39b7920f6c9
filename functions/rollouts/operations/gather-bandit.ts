import type { ModelDeclaration } from '../../../contracts/model.ts';
import { settlingSeconds } from '../../../contracts/outcome-timing.ts';
import type { Clock } from '../../platform/clock.ts';
import { collectEarned } from '../domain/bandit-units.ts';
import { windowOf } from '../domain/randomised/units.ts';
import type { RolloutRecord } from '../domain/record.ts';
import type { BanditStatistics, BanditStore } from '../store/bandit-store.ts';
import type { OutcomeReader } from '../store/outcome-reader.ts';
import { collectWindows, unitRule } from './gather-randomised.ts';

export interface BanditDependencies {
  readonly bandits: BanditStore;
  readonly outcomes: OutcomeReader;
  readonly clock: Clock;
}

export interface GatheredRewards {
  readonly statistics: BanditStatistics;
  /** Whether there may be more to count at once. */
  readonly backlog: boolean;
}

/**
 * Counts the outcomes of a bandit that have become old enough since the last time, and stores the sums in one
 * conditional write.
 *
 * @param declaration - with the policies that the rollout began with
 * @returns undefined where another judge came between
 */
export const gatherBandit = async (
  { bandits, outcomes: reader, clock }: BanditDependencies,
  tenant: string,
  model: string,
  declaration: Pick<ModelDeclaration, 'schema' | 'policies'>,
  rollout: RolloutRecord,
  read: BanditStatistics,
): Promise<GatheredRewards | undefined> => {
  const rule = unitRule(declaration, rollout);
  const { windowSeconds } = declaration.policies.outcomes;
  const before = windowOf(clock.now() - (windowSeconds + settlingSeconds) * 1000, rule);
  const collection = collectEarned(rule);
  const pages = reader.pages(tenant, model, rollout.id, { from: read.cursor, before });
  const { outcomes, failures, until } = await collectWindows(pages, rule, collection);
  if (outcomes === 0) return { statistics: read, backlog: false };

  const firstAt = await reader.firstAt(tenant, model, rollout.id, collection.subjects());
  const isKnown = (subject: string): boolean => (firstAt.get(subject) ?? read.cursor) < read.cursor;
  const statistics = {
    version: read.version + 1,
    cursor: until ?? before,
    earned: collection.earned(read.earned, isKnown),
    failures: read.failures + failures,
  };
  if (!(await bandits.record(tenant, model, rollout.id, statistics))) return undefined;
  return { statistics, backlog: until !== undefined };
};
