import * as z from 'zod';

/** What a list takes: a page's size, and where the last page ended. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(2000).optional().meta({ description: 'nextCursor of the page before; opaque' }),
});

/** A list's answer. */
export const page = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({
    items: z.array(item),
    nextCursor: z.string().optional().meta({ description: 'absent on the last page' }),
  });
