import { createHmac, type KeyObject } from 'node:crypto';
import type { PseudonymKind } from './pseudonyms.ts';

/**
 * The keyed hash under which a tenant's map keeps a person's pseudonym.
 *
 * @param key - the tenant's secret of `keyLabels.pseudonyms`
 * @param person - as `contracts/subject.ts` reads a subject
 */
export const personMac = (
  key: KeyObject | Uint8Array,
  kind: PseudonymKind,
  person: string,
  encoding: 'hex' | 'base64url',
): string => createHmac('sha256', key).update(`${kind}/${person}`).digest(encoding);
