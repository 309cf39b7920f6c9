import type { Model, ModelDeclaration } from '../../../contracts/model.ts';

/** Members of a declaration, in the order in which a change of them is told. */
const members = [
  'task',
  'schema',
  'description',
  'slices',
  'recipe',
  'policies',
] as const satisfies readonly (keyof ModelDeclaration)[];
type Member = (typeof members)[number];

/** What accepted cases were read by: they would mean something else under another. */
const readingMembers: readonly Member[] = ['task', 'schema'];

/**
 * What a declaration changes of a model.
 *
 * @param textOf - gives equal values the same text
 */
export const changedMembers = (
  before: ModelDeclaration,
  after: ModelDeclaration,
  textOf: (value: unknown) => string,
): Member[] => members.filter((member) => textOf(before[member]) !== textOf(after[member]));

/** Those of the changed members that a model with accepted cases cannot change. */
export const fixedMembers = (changed: readonly Member[]): Member[] =>
  changed.filter((member) => readingMembers.includes(member));

/**
 * What an operator should know about a change: a rollout that runs is judged by the policies that it began with.
 *
 * @param rollout - that runs; undefined where none does
 */
export const noticesOf = (
  before: ModelDeclaration,
  after: ModelDeclaration,
  rollout: string | undefined,
  textOf: (value: unknown) => string,
): string[] => {
  const judging = (['rollout', 'outcomes'] as const).filter(
    (policy) => textOf(before.policies[policy]) !== textOf(after.policies[policy]),
  );
  if (rollout === undefined || judging.length === 0) return [];
  const names = judging.map((policy) => `policies.${policy}`).join(' and ');
  return [`${rollout} is running and keeps the ${names} that it began with; the change applies to the next rollout.`];
};

/**
 * The model that a declaration makes. Each change has a later time than the one before, so that the time tells one state
 * of a model from another.
 *
 * @param now - ms since 1970
 */
export const modelOf = (name: string, declaration: ModelDeclaration, before: Model | undefined, now: number): Model => {
  const updatedAt = new Date(
    before === undefined ? now : Math.max(now, Date.parse(before.updatedAt) + 1),
  ).toISOString();
  return { ...declaration, name, createdAt: before?.createdAt ?? updatedAt, updatedAt };
};
