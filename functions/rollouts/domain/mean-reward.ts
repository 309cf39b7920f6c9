/** Outcomes of one version's predictions of one day. */
interface RewardDay {
  readonly count: number;
  /** Sum of the rewards. */
  readonly rewards: number;
}

/**
 * The mean reward over days, in [0, 1]; undefined without outcomes. Corrections take rewards off the sums again, which may
 * leave these off by the last digit of a number.
 */
export const meanRewardOf = (days: readonly RewardDay[]): number | undefined => {
  const count = days.reduce((sum, day) => sum + day.count, 0);
  const rewards = days.reduce((sum, day) => sum + day.rewards, 0);
  return count === 0 ? undefined : Math.min(1, Math.max(0, rewards / count));
};
