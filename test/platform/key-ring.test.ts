import { CreateAliasCommand, KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type KeyRing, keyLabels, openKeyRing } from '../../functions/platform/key-ring.ts';
import { startTestServices, type TestServices } from '../support/services.ts';

let services: TestServices;
let ring: KeyRing;

beforeAll(async () => {
  services = await startTestServices();
  ring = openKeyRing(services.hmacKeyId);
}, 120_000);

afterAll(async () => {
  await services?.dispose();
});

describe('a derived secret', () => {
  test('has 32 bytes, and is the same each time and in each process', async () => {
    const secret = await ring.derive('a');
    expect(secret).toHaveLength(32);
    expect(await ring.derive('a')).toEqual(secret);
    expect(await openKeyRing(services.hmacKeyId).derive('a')).toEqual(secret);
  });

  test('is another for another label: each use, tenant and model has its own', async () => {
    const labels = [
      keyLabels.pseudonyms('acme'),
      keyLabels.pseudonyms('other'),
      keyLabels.fingerprints('acme'),
      keyLabels.predictionIds('acme'),
      keyLabels.holdout('acme', 'clinic'),
      keyLabels.holdout('acme', 'other'),
    ];
    const secrets = await Promise.all(labels.map((label) => ring.derive(label)));
    expect(new Set(secrets.map((secret) => secret.toString('hex'))).size).toBe(labels.length);
  });

  test('is asked for again after a failure', async () => {
    const early = openKeyRing('alias/later');
    await expect(early.derive('a')).rejects.toThrow();
    await new KMSClient({}).send(new CreateAliasCommand({ AliasName: 'alias/later', TargetKeyId: services.hmacKeyId }));
    expect(await early.derive('a')).toEqual(await ring.derive('a'));
  });
});
