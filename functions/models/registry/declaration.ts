import type { Model, ModelDeclaration } from '../../../contracts/model.ts';

/** Members of a declaration, in the order in which a change of them is told. */
const members = [
  'task',
  'schema',
  'description',
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
