import type * as z from 'zod';
import type { NewCases, Receipt } from '../../../contracts/cases.ts';
import { Problem } from '../../platform/errors.ts';
import type { Reception } from './receive-cases.ts';

type Body = z.infer<typeof NewCases>;

const batchOf = (body: Body): readonly unknown[] | undefined =>
  'cases' in body && Array.isArray(body.cases) ? body.cases : undefined;

/** The cases of a body: those of a batch, or the body itself. */
export const casesOf = (body: Body): readonly unknown[] => batchOf(body) ?? [body];

/**
 * What the sender is told. A batch always gets a receipt.
 *
 * @throws Problem `invalid-input` for a case that was sent alone and refused
 */
export const receiptOf = (body: Body, { received, refused }: Reception): Receipt => {
  const [only] = refused;
  if (only !== undefined && batchOf(body) === undefined) {
    const { pointer, detail, reason } = only;
    throw new Problem('invalid-input', detail, { reason, errors: [{ pointer, detail }] });
  }
  return {
    received: received.length,
    refused: refused.length,
    cases: [...received],
    refusals: refused.map(({ index, reason, detail }) => ({ index, reason, detail })),
  };
};
