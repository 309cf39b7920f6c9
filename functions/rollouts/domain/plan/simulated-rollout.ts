import type { RolloutPolicy } from '../../../../contracts/rollout-policy.ts';
import { RolloutKind } from '../../../../contracts/rollouts.ts';
import type { Route, Servable } from '../../../../contracts/route-item.ts';
import type { Random } from '../../../../contracts/seeded.ts';
import { isFinishedRollout, type RolloutStatus } from '../../../../contracts/statuses.ts';
import { Verdict } from '../../../../contracts/verdicts.ts';
import { AlarmHealth } from '../alarm-health.ts';
import { beginRollout } from '../changes.ts';
import { followJudgement } from '../follow-judgement.ts';
import { isPastDeadline, type RolloutRecord } from '../record.ts';
import { first } from '../route.ts';
import { judge } from '../stages.ts';
import { presentStage } from '../strategy.ts';
import type { EvidenceSource, StageSpan } from './source.ts';

/** How a simulated rollout ended. */
export interface SimulatedEnd {
  readonly status: RolloutStatus;
  /** From its beginning. */
  readonly seconds: number;
  /** Pairs or units that were counted when the verdict came; undefined where none did. */
  readonly samples: number | undefined;
  /** How often it was judged: what it cost to simulate. */
  readonly looks: number;
}

const origin = Date.parse('2000-01-01T00:00:00.000Z');
const timeAt = (second: number): string => new Date(origin + second * 1000).toISOString();
const secondOf = (time: string): number => (Date.parse(time) - origin) / 1000;

/** A rollout is judged in steps of this share of its age: some hundred times, however long it lasts. */
const lookGrowth = 0.06;
const leastLooks = 250;

const servable = (version: string): Servable => ({
  version,
  digest: '0'.repeat(64),
  bytes: 1,
  signature: { numeric: [], categorical: [], classes: [] },
  cut: 0,
});

const occasion = (second: number) => ({ at: timeAt(second), actor: 'plan' });

const begin = (policy: RolloutPolicy): { route: Route; rollout: RolloutRecord } => {
  const served = first(servable('v1.0.0'), '', occasion(0));
  const given = {
    id: `rol_${'0'.repeat(26)}`,
    kind: RolloutKind.Manual,
    challenger: servable('v1.1.0'),
    reason: 'plan',
    policy,
    salt: '',
    overridden: [],
  };
  const { route, rollout } = beginRollout(served, given, occasion(0));
  return { route, rollout: rollout as RolloutRecord };
};

/** The next moment at which something can change: a step, the end of the stage's time, the deadline. */
const nextLook = (now: number, rollout: RolloutRecord, horizonSeconds: number): number => {
  const { tickSeconds, maximumSeconds } = rollout.policy;
  const step = Math.max(tickSeconds, horizonSeconds / leastLooks, now * lookGrowth);
  const entered = rollout.stages.at(-1);
  const stageEnd =
    entered === undefined ? 0 : secondOf(entered.startedAt) + (presentStage(rollout)?.minimumSeconds ?? 0);
  return Math.min(...[now + step, stageEnd, maximumSeconds].filter((moment) => moment > now).map(Math.ceil));
};

const spansOf = ({ stages }: RolloutRecord): StageSpan[] =>
  stages.map(({ name, weight, startedAt, endedAt }) => ({
    name,
    weight: Math.round(weight * 100),
    from: secondOf(startedAt),
    until: endedAt === undefined ? Number.POSITIVE_INFINITY : secondOf(endedAt),
  }));

/**
 * Lets one rollout run from its beginning to its end: the evidence is drawn, everything that is decided on it is decided
 * by the code that decides in earnest.
 *
 * @param policy - a canary's, without approval
 * @param horizonSeconds - about how long it may last; how finely it is looked at in the beginning
 */
export const simulateRollout = <State>(
  source: EvidenceSource<State>,
  policy: RolloutPolicy,
  horizonSeconds: number,
  random: Random,
): SimulatedEnd => {
  let { route, rollout } = begin(policy);
  let state = source.start;
  let samples: number | undefined;
  for (let [now, looks] = [0, 1]; ; looks += 1) {
    const at = timeAt(now);
    const evidence = source.evidence(state, rollout, isPastDeadline(rollout, at));
    if (evidence.verdict !== Verdict.Hold) samples ??= evidence.samples;
    const judgement = judge(rollout, { now: at, evidence, alarms: { health: AlarmHealth.Ok } });
    const counted = { pairs: evidence.samples, failures: 0 };
    const change = followJudgement(judgement, route, rollout, counted, occasion(now));
    route = change?.route ?? route;
    rollout = change?.rollout ?? rollout;
    if (isFinishedRollout(rollout.status)) return { status: rollout.status, seconds: now, samples, looks };
    const next = nextLook(now, rollout, horizonSeconds);
    state = source.gather(state, now, next, spansOf(rollout), random);
    now = next;
  }
};
