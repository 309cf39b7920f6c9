import * as z from 'zod';

/** A place in the audit, as a cursor holds it. */
export const EntryNumber = z.string().regex(/^[1-9]\d{0,11}$/);
