import * as z from 'zod';
import { RolloutId, Timestamp, VersionName } from '../../../contracts/identifiers.ts';
import { RolloutPolicy, type StagePolicy } from '../../../contracts/model.ts';
import { JudgedVerdict, preparing, RolloutEnd, RolloutKind } from '../../../contracts/rollouts.ts';
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

/** A rollout as it is stored. It changes together with the route, by a condition on both revisions. */
export const RolloutRecord = z.strictObject({
  id: RolloutId,
  kind: z.enum(RolloutKind),
  status: z.enum(RolloutStatus),
  version: VersionName,
  challenger: Servable,
  base: Servable.optional().meta({ description: 'what a rollback restores; a first version has none' }),
  reason: z.string(),
  actor: z.string(),
  policy: RolloutPolicy.meta({ description: 'as it was when the rollout began' }),
  startedAt: Timestamp,
  endedAt: Timestamp.optional(),
  end: z.enum(RolloutEnd).optional(),
  endReason: z.string().optional(),
  stages: z.array(EnteredStage),
  verdict: JudgedVerdict.optional().meta({ description: 'at the last change' }),
  pairs: z.int().meta({ description: 'at the last change' }),
  failures: z.int().meta({ description: 'at the last change' }),
  attempt: z.int().min(1).meta({ description: 'of the machine that judges it' }),
  open: z.boolean().meta({ description: 'until it has ended and its alarms are deleted' }),
  revision: z.int().min(1),
});
export type RolloutRecord = z.infer<typeof RolloutRecord>;

/** The name of the stage that the rollout is in, or ended in; a first version has no stages. */
export const stageName = ({ stages, kind }: RolloutRecord): string =>
  stages.at(-1)?.name ?? (kind === RolloutKind.First ? RolloutKind.First : preparing);

/** The stage after the present one, or undefined on the last. */
export const nextStage = ({ stages, policy }: RolloutRecord): StagePolicy | undefined => policy.stages[stages.length];

/** Seconds from one time to another. */
export const secondsBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 1000;

/** Whether a route and a running rollout, read one after the other, belong together: no change came between. */
export const isRouteOf = (route: Route | undefined, rollout: RolloutRecord): route is Route =>
  route?.rollout === rollout.id && route.stage === stageName(rollout);
