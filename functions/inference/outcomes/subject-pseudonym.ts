import type { Clock } from '../../platform/clock.ts';
import { newId } from '../../platform/ids.ts';
import type { PseudonymStore } from '../../platform/pseudonyms.ts';

/**
 * Gives a subject its random pseudonym, the one that its cases have. The keyed hash by which a predictionId names it is
 * stored nowhere but in the map itself.
 *
 * @param hash - claim `u`: HMAC-SHA256 under the tenant's key of pseudonyms, base64url
 */
export type SubjectPseudonym = (tenant: string, hash: string) => Promise<string>;

export const openSubjectPseudonym =
  (pseudonyms: PseudonymStore, clock: Clock): SubjectPseudonym =>
  async (tenant, hash) => {
    const identifier = { kind: 'subject', mac: Buffer.from(hash, 'base64url').toString('hex') } as const;
    const known = await pseudonyms.find(tenant, [identifier]);
    return known.get(identifier.mac) ?? pseudonyms.assign(tenant, identifier, newId('sub', clock.now()));
  };
