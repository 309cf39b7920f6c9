/**
 * The alarms of a rollout, on metrics of its own namespace and without dimensions: they see no other rollout. A guard
 * fires while all alarms of its rule do, and rolls back; the alarms under it do nothing by themselves. A notice is under
 * no guard: it tells whoever subscribes to the alarms, and rolls nothing back.
 */
import { Strategy } from '../../../contracts/rollout-policy.ts';
import { RolloutKind } from '../../../contracts/rollouts.ts';
import { alarmName, MetricName, rolloutNamespace } from '../../../contracts/telemetry.ts';
import { EvidenceKind } from '../../../contracts/verdicts.ts';
import type { AlarmPlan, GuardPlan } from '../../../contracts/workflows.ts';
import type { RolloutRecord } from './record.ts';

/** CloudWatch evaluates alarms of 30 s every 10 s. */
const periodSeconds = 30;

interface Condition {
  readonly name: string;
  readonly metric: string;
  readonly statistic: AlarmPlan['statistic'];
  readonly threshold: number;
  readonly says: string;
}

/** What a guard watches for; it fires where all of its conditions hold. */
interface Watch {
  readonly guard: string;
  readonly says: string;
  readonly conditions: readonly Condition[];
}

/** A rate AND a count: below so many a rate says nothing, one of two requests would be half. */
const tooOften = (guard: string, says: string, metric: string, rate: number, count: number): Watch => ({
  guard,
  says,
  conditions: [
    {
      name: `${guard}-rate`,
      metric,
      statistic: 'Average',
      threshold: rate,
      says: `at least ${100 * rate}% of what it was asked`,
    },
    { name: `${guard}-count`, metric, statistic: 'Sum', threshold: count, says: `at least ${count} times` },
  ],
});

/** A healthy model never throws, so the rate leaves room for time-outs alone. */
const failing = tooOften('failing', 'throws, times out or answers malformed', MetricName.ChallengerFailure, 0.05, 3);

/** Anything but probabilities is a fault of the version, and never of the moment: fewer are allowed than failures. */
const malformed = tooOften('malformed', 'answers malformed', MetricName.ChallengerMalformed, 0.01, 3);

const slow = tooOften('slow', "is slower than the policy's slowMilliseconds", MetricName.ChallengerSlow, 0.2, 10);

const lessAccurate: Watch = {
  guard: 'less-accurate',
  says: 'is shown to be worse than the champion by more than the margin',
  conditions: [
    {
      name: 'worse-than-margin',
      metric: MetricName.WorseThanMargin,
      statistic: 'Maximum',
      threshold: 1,
      says: 'the e-value for it has reached its threshold',
    },
  ],
};

/** 0.25 is the usual bound of a shift that matters. */
const drifted: Watch = {
  guard: 'drifted',
  says: 'scores otherwise than on its holdout',
  conditions: [
    {
      name: 'score-drift',
      metric: MetricName.ScoreDrift,
      statistic: 'Maximum',
      threshold: 0.25,
      says: 'the population stability index of its scores, less what chance gives, is 0.25 or more',
    },
  ],
};

/** The verdict holds the ramp meanwhile: nothing is shown about the version, only about its labels. */
const missingLabels: Condition = {
  name: 'missing-labels',
  metric: MetricName.MissingLabelsDiffer,
  statistic: 'Maximum',
  threshold: 1,
  says: 'labels are shown to be missing more often in one arm than in the other; its weight does not grow',
};

/** Notices of a rollout. */
const noticesOf = ({ kind, policy }: Pick<RolloutRecord, 'kind' | 'policy'>): readonly Condition[] => {
  const isCompared = kind !== RolloutKind.Drill && policy.strategy !== Strategy.Bandit;
  return isCompared && policy.evidence === EvidenceKind.Randomised ? [missingLabels] : [];
};

/** A drill rehearses one guard. A bandit has no margin, and randomised evidence no cases whose scores could be compared. */
const watchesOf = ({ kind, policy }: Pick<RolloutRecord, 'kind' | 'policy'>): readonly Watch[] => {
  if (kind === RolloutKind.Drill) return [failing];
  if (policy.strategy === Strategy.Bandit) return [failing, malformed, slow];
  const watched = [failing, malformed, slow, lessAccurate];
  return policy.evidence === EvidenceKind.Paired ? [...watched, drifted] : watched;
};

/** Requests that do not come are no failures. */
const watched = { missingData: 'notBreaching', notifies: false } as const;

/** What the judge has said holds until it says otherwise, or each tick would tell of the same again. */
const noticed = { missingData: 'ignore', notifies: true } as const;

/** Everything in CloudWatch that belongs to one rollout. */
export interface AlarmSet {
  readonly alarms: readonly AlarmPlan[];
  /** Each rolls back when it fires. */
  readonly guards: readonly GuardPlan[];
  /** In an order in which they can be deleted. */
  readonly names: readonly string[];
}

/** The alarms of a rollout. The same rollout always has the same, so whoever deletes them knows them all. */
export const planAlarms = (rollout: Pick<RolloutRecord, 'id' | 'kind' | 'version' | 'policy'>): AlarmSet => {
  const { id, version } = rollout;
  const nameOf = (what: string): string => alarmName(id, what);
  const planned = (
    { name, says, ...condition }: Condition,
    how: Pick<AlarmPlan, 'missingData' | 'notifies'>,
    about: string,
  ): AlarmPlan => ({
    ...condition,
    name: nameOf(name),
    description: `${about}: ${says}.`,
    namespace: rolloutNamespace(id),
    periodSeconds,
    ...how,
  });
  const watches = watchesOf(rollout);
  const alarms = [
    ...watches.flatMap(({ says, conditions }) =>
      conditions.map((condition) => planned(condition, watched, `${version} ${says}`)),
    ),
    ...noticesOf(rollout).map((notice) => planned(notice, noticed, `The rollout of ${version}`)),
  ];
  const guards = watches.map(
    ({ guard, says, conditions }): GuardPlan => ({
      name: nameOf(guard),
      description: `The challenger ${version} ${says}: its rollout is rolled back.`,
      rule: conditions.map(({ name }) => `ALARM("${nameOf(name)}")`).join(' AND '),
    }),
  );
  return { alarms, guards, names: [...guards, ...alarms].map(({ name }) => name) };
};
