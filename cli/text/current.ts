import type { Schemas } from '../../client/index.ts';

/** What serves now, for a person. */
export const currentText = (current: Schemas['Current']): string => {
  const { model, champion, challenger, stage, weight, rivals = [], rollout, previous, revision, updatedAt } = current;
  const others = challenger === undefined ? [] : [{ version: challenger, weight }, ...rivals];
  const shared = others.reduce((sum, other) => sum + other.weight, 0);
  return [
    `${model}: ${champion} serves${others.length > 0 ? ` ${Number((100 - shared).toFixed(2))}% of requests` : ''}`,
    ...others.map((other) => `  ${other.version} challenges with ${other.weight}%, in ${stage} of ${rollout}`),
    `  before it: ${previous.join(', ') || 'no champion is kept to go back to'}`,
    `  revision ${revision}, since ${updatedAt}`,
  ].join('\n');
};

/** What a rollback did, for a person. */
export const rollbackText = ({ from, to, rollout, current }: Schemas['Rollback']): string =>
  [
    `went back from ${from} to ${to}${rollout === undefined ? '' : `, which ended ${rollout}`}`,
    currentText(current),
  ].join('\n');
