import type { KeyRing } from '../platform/key-ring.ts';
import { readText, type SendSigned } from './signed-requests.ts';

/** Derives secrets as the platform's key ring does, by the same key. */
export const openSignedKeyRing = (send: SendSigned, endpoint: string, keyId: string): Pick<KeyRing, 'derive'> => ({
  derive: async (label) => {
    const answer = await send({
      service: 'kms',
      method: 'POST',
      url: endpoint,
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'TrentService.GenerateMac' },
      body: JSON.stringify({
        KeyId: keyId,
        MacAlgorithm: 'HMAC_SHA_256',
        Message: Buffer.from(label).toString('base64'),
      }),
    });
    const { Mac } = JSON.parse(await readText(answer)) as { Mac: string };
    return Buffer.from(Mac, 'base64');
  },
});
