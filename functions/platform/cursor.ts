import { Problem } from './errors.ts';

/** An opaque place in a list. It holds sort keys only: the tenant always comes from the token. */
export const encodeCursor = (position: string | null | undefined): string | undefined =>
  position === null || position === undefined ? undefined : Buffer.from(position).toString('base64url');

/** @throws Problem `invalid-request` for a cursor that no list gave */
export const decodeCursor = (cursor: string | undefined): string | undefined => {
  if (cursor === undefined) return undefined;
  const position = Buffer.from(cursor, 'base64url').toString();
  if (position === '' || encodeCursor(position) !== cursor) {
    throw new Problem(
      'invalid-request',
      'Expected the nextCursor of the page before. Leave cursor out to begin again.',
    );
  }
  return position;
};
