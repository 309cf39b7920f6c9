import * as z from 'zod';
import { Problem } from './errors.ts';

/** An opaque place in a list. It holds sort keys only: the tenant always comes from the token. */
export const encodeCursor = (position: string | null | undefined): string | undefined =>
  position === null || position === undefined ? undefined : Buffer.from(position).toString('base64url');

/**
 * @param Position - what the list's positions look like
 * @throws Problem `invalid-request` for a cursor that no list gave
 */
export const decodeCursor = (
  cursor: string | undefined,
  Position: z.ZodType<string> = z.string(),
): string | undefined => {
  if (cursor === undefined) return undefined;
  const position = Buffer.from(cursor, 'base64url').toString();
  if (position === '' || encodeCursor(position) !== cursor || !Position.safeParse(position).success) {
    throw new Problem(
      'invalid-request',
      'Expected the nextCursor of the page before. Leave cursor out to begin again.',
    );
  }
  return position;
};

/**
 * One page of a list.
 *
 * @param found - one item more than the limit where another page follows
 * @param positionOf - an item's place in the list
 */
export const pageOf = <Item>(
  found: readonly Item[],
  limit: number,
  positionOf: (item: Item) => string,
): { items: readonly Item[]; nextCursor?: string } => {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const nextCursor = found.length > limit && last !== undefined ? encodeCursor(positionOf(last)) : undefined;
  return { items, ...(nextCursor === undefined ? {} : { nextCursor }) };
};
