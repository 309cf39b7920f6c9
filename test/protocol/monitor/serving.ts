/** I1, I2, I3 and I10: what serves, with which weight, and that it can. */
import { Strategy } from '../../../contracts/rollout-policy.ts';
import { preparing, RolloutKind } from '../../../contracts/rollouts.ts';
import { Route, type Servable, wholeWeight } from '../../../contracts/route-item.ts';
import { isFinishedRollout, VersionStatus } from '../../../contracts/statuses.ts';
import type { RolloutRecord } from '../../../functions/rollouts/domain/record.ts';
import { firstFalse, type Invariant, same } from './invariant.ts';
import { Rule } from './rules.ts';

const oneChampion: Invariant = {
  rule: Rule.OneChampion,
  violation: ({ after: { route, versions } }) => {
    const champions = [...versions].filter(([, { status }]) => status === VersionStatus.Champion).map(([name]) => name);
    const expected = route === undefined ? [] : [route.champion.version];
    return same(champions, expected) ? undefined : `the route serves ${expected}, the statuses say ${champions}`;
  },
};

const basisPoints = (percent: number): number => Math.round(percent * 100);

/** What challenger and rivals of a running rollout are to have, by its record. */
const expectedWeights = ({ stages, rivals, policy, bandit }: RolloutRecord): number[] => {
  const equal = basisPoints(stages.at(-1)?.weight ?? 0);
  const arms = policy.strategy === Strategy.Bandit ? bandit?.arms.slice(1) : undefined;
  return [0, ...rivals.keys()].map((_, index) => {
    const learnt = arms?.[index]?.weight;
    return stages.length === 0 || learnt === undefined ? equal : basisPoints(learnt);
  });
};

const weights: Invariant = {
  rule: Rule.Weights,
  violation: ({ after: { route, rollouts } }) => {
    const running = [...rollouts.values()].filter(({ status }) => !isFinishedRollout(status));
    if (route === undefined) return running.length === 0 ? undefined : 'a rollout runs without a route';
    const parsed = Route.safeParse(route);
    if (!parsed.success) {
      const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
      return `the route is none: ${faults.join(', ')}`;
    }
    const [rollout] = running;
    const given = [route.weight, ...(route.rivals ?? []).map(({ weight }) => weight)];
    const expected = rollout === undefined ? [0] : expectedWeights(rollout);
    const rivals = route.rivals?.map(({ servable }) => servable) ?? [];
    return firstFalse(
      [running.length <= 1, `${running.length} rollouts run at once`],
      [given.every((weight) => weight >= 0), `a weight of ${given} is below 0`],
      [given.reduce((sum, weight) => sum + weight, 0) <= wholeWeight, `weights of ${given} are more than all`],
      [route.rollout === rollout?.id, `the route carries ${route.rollout}, ${rollout?.id} runs`],
      [same([route.challenger, ...rivals], [rollout?.challenger, ...(rollout?.rivals ?? [])]), 'other challengers'],
      [same(given, expected), `the weights are ${given}, and the rollout says ${expected}`],
      [rollout === undefined || route.stage === (rollout.stages.at(-1)?.name ?? preparing), `stage ${route.stage}`],
      [rollout?.kind !== RolloutKind.Drill || same(given, [0]), `a drill has ${given}`],
    );
  },
};

/** Every version that a request may meet. */
const routed = (route: Route | undefined): Servable[] =>
  [route?.champion, route?.challenger, ...(route?.rivals ?? []).map(({ servable }) => servable)].filter(
    (servable) => servable !== undefined,
  );

const readyTargets: Invariant = {
  rule: Rule.ReadyTargets,
  violation: ({ after: { route }, world }) => {
    const unready = routed(route).find((servable) => !world.isWhole(servable));
    return unready === undefined ? undefined : `${unready.version} is routed, and its artifact is not whole`;
  },
};

/** A request may meet the route of before and of after, and the last champions are wanted back at once. */
const answered: Invariant = {
  rule: Rule.Answered,
  violation: ({ before, after, world }) => {
    const known = [before.route, after.route].flatMap((route) => [...routed(route), ...(route?.previous ?? [])]);
    const lost = known.find((servable) => !world.isWhole(servable));
    const [was, is] = [before.route?.revision ?? 0, after.route?.revision ?? 0];
    return firstFalse(
      [before.route === undefined || after.route !== undefined, 'the route is gone'],
      [lost === undefined, `${lost?.version} cannot be served any longer`],
      [is === was || is === was + 1, `the revision of the route went from ${was} to ${is}`],
    );
  },
};

export const servingInvariants: readonly Invariant[] = [oneChampion, weights, readyTargets, answered];
