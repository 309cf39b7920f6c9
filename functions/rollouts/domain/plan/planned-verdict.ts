import { daySeconds } from '../../../../contracts/durations.ts';
import type { RolloutPolicy } from '../../../../contracts/rollout-policy.ts';
import type { Plan } from '../../../../contracts/rollouts.ts';
import { seeded } from '../../../../contracts/seeded.ts';
import { RolloutStatus } from '../../../../contracts/statuses.ts';
import { Verdict } from '../../../../contracts/verdicts.ts';
import { type SimulatedEnd, simulateRollout } from './simulated-rollout.ts';
import type { EvidenceSource } from './source.ts';

export type PlannedVerdict = Plan['plans'][number]['verdicts'][number];

/** How much is simulated for one difference. */
export interface Effort {
  readonly runs: number;
  /** Judgements after which no further run is begun, once the least number of runs is there. */
  readonly looks: number;
}

/** Runs without which a share says little: its standard error is 7 points at most. */
const leastRuns = 50;

/** The value that a share of runs does not exceed; infinite where too few have any. */
const quantile = (values: readonly number[], share: number): number | null => {
  const sorted = values.toSorted((one, other) => one - other);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.POSITIVE_INFINITY;
  return Number.isFinite(value) ? value : null;
};

const mostCommon = (promoted: number, rolledBack: number, expired: number): Verdict => {
  if (promoted >= rolledBack && promoted >= expired) return Verdict.Promote;
  return rolledBack >= expired ? Verdict.RollBack : Verdict.Hold;
};

const hasEnded = ({ status }: SimulatedEnd): boolean => status !== RolloutStatus.Expired;

const days = (seconds: number | null): number | null => (seconds === null ? null : seconds / daySeconds);

const summarise = (difference: number, ends: readonly SimulatedEnd[]): PlannedVerdict => {
  const share = (status: RolloutStatus): number => ends.filter((end) => end.status === status).length / ends.length;
  const [promoted, rolledBack] = [share(RolloutStatus.Promoted), share(RolloutStatus.RolledBack)];
  const expired = share(RolloutStatus.Expired);
  const seconds = ends.map((end) => (hasEnded(end) ? end.seconds : Number.POSITIVE_INFINITY));
  const samples = ends.map((end) => end.samples ?? Number.POSITIVE_INFINITY);
  return {
    difference,
    verdict: mostCommon(promoted, rolledBack, expired),
    promoted,
    rolledBack,
    expired,
    samples: quantile(samples, 0.5),
    days: days(quantile(seconds, 0.5)),
    daysP90: days(quantile(seconds, 0.9)),
  };
};

/**
 * Simulates rollouts of a challenger that differs by so much, and sums up how they end. The same question has the same
 * answer: chance is seeded, afresh for each run.
 */
export const planVerdict = <State>(
  difference: number,
  source: EvidenceSource<State>,
  policy: RolloutPolicy,
  horizonSeconds: number,
  { runs, looks }: Effort,
): PlannedVerdict => {
  const ends: SimulatedEnd[] = [];
  for (let spent = 0; ends.length < runs && (ends.length < leastRuns || spent < looks); ) {
    const end = simulateRollout(source, policy, horizonSeconds, seeded(7919 * (ends.length + 1)));
    ends.push(end);
    spent += end.looks;
  }
  return summarise(difference, ends);
};
