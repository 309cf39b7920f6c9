import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { OutcomePolicy } from '../../../contracts/model.ts';
import type { StagePolicy } from '../../../contracts/rollout-policy.ts';
import { bakeStage, preparing, RolloutKind } from '../../../contracts/rollouts.ts';
import { RolloutStatus } from '../../../contracts/statuses.ts';
import { EvidenceKind } from '../../../contracts/verdicts.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Table } from '../../platform/table.ts';
import type { EvidenceWindow } from '../domain/outcome-change.ts';

/** What decides about outcomes of one model, or of one of its rollouts. */
export interface OutcomeRules {
  readonly policy: OutcomePolicy;
  /** Undefined where no rollout, or one that is not judged by outcomes, gave the prediction an arm. */
  readonly window: EvidenceWindow | undefined;
  /** Stages of the rollout in which all requests had one arm, so that nothing can be compared in them. */
  readonly unsplitStages: readonly string[];
}

/** @returns undefined where there is no such model */
export type ReadOutcomeRules = (
  tenant: string,
  model: string,
  rollout: string | undefined,
) => Promise<OutcomeRules | undefined>;

/** What the rollouts slice keeps of a rollout, as far as outcomes are concerned. */
interface RolloutItem {
  readonly record: {
    readonly kind: string;
    readonly status: string;
    readonly policy: { readonly evidence?: string; readonly stages: readonly Pick<StagePolicy, 'name' | 'weight'>[] };
    /** As it was when the rollout began. */
    readonly outcomes?: OutcomePolicy;
  };
}

/** A blue-green rollout's one stage gives the challenger all requests, the one before any first stage none. */
const unsplitStagesOf = ({ stages }: RolloutItem['record']['policy']): string[] => [
  preparing,
  bakeStage,
  ...stages.filter(({ weight }) => weight === 0 || weight === 100).map(({ name }) => name),
];

/** A change of a policy and the end of a rollout take effect within this time, which is far below any window. */
const timeToLive = 2000;
const knownAtMost = 1000;

/**
 * Reads the items of a model and of a rollout by the keys that the slices models and rollouts keep them under, as the
 * predict function does; rules that were read are good for two seconds.
 */
export const openOutcomeRules = ({ client, table }: Table, clock: Clock): ReadOutcomeRules => {
  const known = new Map<string, { readonly readAt: number; readonly rules: OutcomeRules }>();

  const getItem = async (pk: string, sk: string): Promise<Record<string, unknown> | undefined> => {
    const { Item } = await client.send(new GetCommand({ TableName: table, Key: { pk, sk }, ConsistentRead: true }));
    return Item;
  };
  const read: ReadOutcomeRules = async (tenant, model, id) => {
    const [modelItem, rolloutItem] = await Promise.all([
      getItem(`tenant#${tenant}#models`, `model#${model}`),
      id === undefined ? undefined : getItem(`tenant#${tenant}#model#${model}`, `rollout#${id}`),
    ]);
    if (modelItem === undefined) return undefined;
    const { policies } = modelItem.definition as { policies: { outcomes?: OutcomePolicy } };
    const policy = OutcomePolicy.parse(policies.outcomes ?? {});
    if (rolloutItem === undefined) return { policy, window: undefined, unsplitStages: [] };
    const { kind, status, policy: judgedBy, outcomes } = (rolloutItem as unknown as RolloutItem).record;
    const isJudged = judgedBy.evidence === EvidenceKind.Randomised && kind !== RolloutKind.Drill;
    if (!isJudged) return { policy, window: undefined, unsplitStages: [] };
    const { windowSeconds } = outcomes ?? policy;
    const window = { open: status === RolloutStatus.Running, windowSeconds };
    return { policy, window, unsplitStages: unsplitStagesOf(judgedBy) };
  };

  return async (tenant, model, rollout) => {
    const key = `${tenant} ${model} ${rollout ?? ''}`;
    const found = known.get(key);
    const now = clock.now();
    if (found !== undefined && now - found.readAt < timeToLive) return found.rules;
    const rules = await read(tenant, model, rollout);
    if (known.size >= knownAtMost) known.clear();
    if (rules !== undefined) known.set(key, { readAt: now, rules });
    return rules;
  };
};
