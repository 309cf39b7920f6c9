import { createHmac } from 'node:crypto';
import { canonicalJson } from '../../platform/canonical-json.ts';
import type { KeyRing } from '../../platform/key-ring.ts';
import { fingerprintContent } from '../domain/fingerprint.ts';
import type { CaseContent } from '../domain/stored-case.ts';

/** Hexadecimal HMAC-SHA256 of a text. */
type MacOf = (text: string) => string;

/** @param label - of the key */
export const openMac = async (keyRing: KeyRing, label: string): Promise<MacOf> => {
  const key = await keyRing.derive(label);
  return (text) => createHmac('sha256', key).update(text).digest('hex');
};

/** What the observation of a case is known by. @param macOf - under the tenant's key of fingerprints */
export const fingerprintOf = (content: CaseContent, macOf: MacOf): string =>
  macOf(canonicalJson(fingerprintContent(content)));
