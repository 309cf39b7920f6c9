import { GenerateMacCommand, KMSClient } from '@aws-sdk/client-kms';

/**
 * Secrets derived from one KMS key, which never leaves KMS: the HMAC of a label is a secret of 32 bytes.
 * Derived once a label and process.
 */
export interface KeyRing {
  /** @param label - what the secret is for, such as `pseudonym/acme`; another label, another secret */
  derive(label: string): Promise<Buffer>;
}

/** Labels of the secrets. */
export const keyLabels = {
  pseudonyms: (tenant: string): string => `pseudonyms/${tenant}`,
  fingerprints: (tenant: string): string => `fingerprints/${tenant}`,
  holdout: (tenant: string, model: string): string => `holdout/${tenant}/${model}`,
  predictionIds: (tenant: string): string => `prediction-ids/${tenant}`,
} as const;

export const openKeyRing = (keyId: string): KeyRing => {
  const kms = new KMSClient({});
  const derived = new Map<string, Promise<Buffer>>();
  const derive = async (label: string): Promise<Buffer> => {
    const { Mac } = await kms.send(
      new GenerateMacCommand({ KeyId: keyId, MacAlgorithm: 'HMAC_SHA_256', Message: Buffer.from(label) }),
    );
    if (Mac === undefined) throw new Error(`KMS gave no MAC for ${label}`);
    return Buffer.from(Mac);
  };
  return {
    derive: (label) => {
      const known = derived.get(label) ?? derive(label);
      derived.set(label, known);
      known.catch(() => derived.delete(label));
      return known;
    },
  };
};
