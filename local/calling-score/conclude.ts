import { expectAnswer } from '../../client/index.ts';
import { RolloutStatus } from '../../contracts/statuses.ts';
import { getRollout } from '../demo/rollouts.ts';
import type { Followed } from './chapter-rollouts.ts';
import { isRight, measure } from './correctness.ts';
import type { CallingScoreReport, Decision, VersionDay } from './report.ts';
import { model, type World } from './world.ts';

const ofModel = { params: { path: { model } } };

const decisionOf = async (world: World, { rollout, points }: Followed): Promise<Decision> => {
  const { truth } = world;
  const { randomisedBlocks = [] } = await getRollout(world, rollout.id);
  const { version: challenger, base: champion = '', status, policy } = rollout;
  const difference = await truth.difference(challenger, champion);
  return {
    rollout: rollout.id,
    champion,
    challenger,
    status,
    end: rollout.end ?? '',
    reason: rollout.endReason ?? '',
    seconds: rollout.seconds ?? 0,
    margin: policy.margin,
    truth: { champion: await truth.valueOf(champion), challenger: await truth.valueOf(challenger), difference },
    measured: { champion: measure(randomisedBlocks, 'champion'), challenger: measure(randomisedBlocks, 'challenger') },
    points,
    right: isRight(status, difference.mean, policy.margin),
  };
};

/** Outcomes that the app knows to be counted and the platform has not, or the other way round; rewards too. */
const lostOutcomes = ({ app }: World, days: readonly VersionDay[]): number =>
  [...app.earned].reduce((lost, [version, { outcomes, rewards }]) => {
    const own = days.filter((day) => day.version === version);
    const samples = own.reduce((sum, day) => sum + day.samples, 0);
    const kept = own.reduce((sum, day) => sum + day.samples * (day.meanReward ?? 0), 0);
    const same = samples === outcomes && Math.abs(kept - rewards) < 1e-6 * Math.max(1, rewards);
    return lost + (same ? 0 : Math.max(1, Math.abs(outcomes - samples)));
  }, 0);

type Found = Pick<CallingScoreReport, 'decisions' | 'days' | 'maturity' | 'requests' | 'lost'>;

const wantedEnds = [RolloutStatus.Promoted, RolloutStatus.RolledBack] as const;

/** @returns what contradicts the truth, or is missing, a sentence each */
const faultsOf = ({ decisions, days, maturity, requests, lost }: Found): string[] => [
  ...decisions.flatMap(({ right, challenger, status, truth }) =>
    right ? [] : [`${challenger} ended ${status}, but its true difference is ${truth.difference.mean.toFixed(3)}`],
  ),
  ...wantedEnds.flatMap((wanted, index) => {
    const { status, end, reason } = decisions[index] ?? {};
    return status === wanted && end === 'verdict'
      ? []
      : [`expected rollout ${index + 1} to end ${wanted} by its verdict; it ended ${status} by ${end}: ${reason}`];
  }),
  ...(requests.unserved > 0 ? [`${requests.unserved} requests were not served`] : []),
  ...(lost > 0 ? [`the platform's outcomes differ from the app's by ${lost}`] : []),
  ...(new Set(days.map(({ version }) => version)).size < 3 ? ['expected days of three versions'] : []),
  ...(maturity.days.length === 0 || maturity.medianSeconds === null ? ['the label maturity knows no delay'] : []),
];

/** Asks the public API for all that happened and holds it against the truth. */
export const gather = async (
  world: World,
  followed: readonly Followed[],
  seed: number,
): Promise<CallingScoreReport> => {
  const { acme, app, timeline, truth } = world;
  const [performance, maturity] = await Promise.all([
    acme.expert.GET('/v1/models/{model}/performance', ofModel).then(expectAnswer),
    acme.expert.GET('/v1/models/{model}/label-maturity', ofModel).then(expectAnswer),
  ]);
  const days = performance.versions.flatMap(({ version, outcomes }) =>
    outcomes.days.map((day): VersionDay => ({ version, ...day })),
  );
  const decisions: Decision[] = [];
  for (const one of followed) decisions.push(await decisionOf(world, one));
  const found = { decisions, days, maturity, requests: { ...app.counts }, lost: lostOutcomes(world, days) };
  return {
    seed,
    best: truth.best,
    ...found,
    faults: faultsOf(found),
    seconds: timeline.elapsed(),
    timeline: [...timeline.entries],
  };
};
