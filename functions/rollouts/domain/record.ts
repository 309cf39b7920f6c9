import * as z from 'zod';
import { RolloutId, Timestamp, VersionName } from '../../../contracts/identifiers.ts';
import { OutcomePolicy } from '../../../contracts/model.ts';
import { RolloutPolicy } from '../../../contracts/rollout-policy.ts';
import {
  Approval,
  BanditArm,
  DrillResult,
  JudgedVerdict,
  preparing,
  RolloutEnd,
  RolloutKind,
} from '../../../contracts/rollouts.ts';
import { type Route, Servable } from '../../../contracts/route-item.ts';
import { RolloutStatus } from '../../../contracts/statuses.ts';

const EnteredStage = z.strictObject({
  name: z.string(),
  weight: z.number().meta({ description: '%' }),
  startedAt: Timestamp,
  endedAt: Timestamp.optional(),
  pairsAtStart: z.int(),
  pairsAtEnd: z.int().optional(),
  verdict: z.string().optional().meta({ description: 'at the end of the stage' }),
});

const Bandit = z.strictObject({
  arms: z.array(BanditArm).meta({ description: 'the champion first; at the last change' }),
  winner: VersionName.optional().meta({ description: 'that waits for an approval' }),
});

/**
 * A rollout as it is stored. It changes together with the route, by a condition on both revisions. Members that came
 * later are optional or have a default: a rollout that was begun before them goes on.
 */
export const RolloutRecord = z.strictObject({
  id: RolloutId,
  kind: z.enum(RolloutKind),
  status: z.enum(RolloutStatus),
  version: VersionName,
  challenger: Servable,
  rivals: z.array(Servable).default([]).meta({ description: 'further versions of a bandit' }),
  base: Servable.optional().meta({ description: 'what a rollback restores; a first version has none' }),
  reason: z.string(),
  actor: z.string(),
  policy: RolloutPolicy.meta({ description: 'as it was when the rollout began' }),
  outcomes: OutcomePolicy.optional().meta({ description: 'as it was when the rollout began' }),
  startedAt: Timestamp,
  endedAt: Timestamp.optional(),
  end: z.enum(RolloutEnd).optional(),
  endReason: z.string().optional(),
  stages: z.array(EnteredStage),
  waitsFor: z.string().optional().meta({ description: 'what the present stage still waits for' }),
  approval: Approval.optional(),
  drill: DrillResult.optional(),
  bandit: Bandit.optional(),
  verdict: JudgedVerdict.optional().meta({ description: 'at the last change' }),
  pairs: z.int().meta({ description: 'at the last change' }),
  units: z
    .record(z.string(), z.int())
    .default({})
    .meta({ description: 'of both arms, by stage at assignment; at the last change' }),
  failures: z.int().meta({ description: 'at the last change' }),
  countedUntil: z.int().optional().meta({ description: 'last ledger segment whose pairs were counted' }),
  attempt: z.int().min(1).meta({ description: 'of the machine that judges it' }),
  open: z.boolean().meta({ description: 'until it has ended and its alarms are deleted' }),
  revision: z.int().min(1),
});
export type RolloutRecord = z.infer<typeof RolloutRecord>;

/** The name of the stage that the rollout is in, or ended in; a first version has no stages. */
export const stageName = ({ stages, kind }: Pick<RolloutRecord, 'stages' | 'kind'>): string =>
  stages.at(-1)?.name ?? (kind === RolloutKind.First ? RolloutKind.First : preparing);

/** Every version that the rollout puts beside the champion. */
export const challengersOf = ({ challenger, rivals }: RolloutRecord): readonly Servable[] => [challenger, ...rivals];

/** Seconds from one time to another. */
export const secondsBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 1000;

/** Whether the rollout's time is over. */
export const isPastDeadline = (
  { startedAt, policy }: Pick<RolloutRecord, 'startedAt' | 'policy'>,
  now: string,
): boolean => secondsBetween(startedAt, now) >= policy.maximumSeconds;

/** Whether a route and a running rollout, read one after the other, belong together: no change came between. */
export const isRouteOf = (route: Route | undefined, rollout: RolloutRecord): route is Route =>
  route?.rollout === rollout.id && route.stage === stageName(rollout);
