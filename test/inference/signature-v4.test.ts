import { describe, expect, test } from '@jest/globals';
import { AwsV4Signer } from 'aws4fetch';
import fc from 'fast-check';
import { signedHeaders } from '../../functions/inference/signature-v4.ts';

const now = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const headers = { 'x-amz-target': 'DynamoDB_20120810.BatchGetItem' };

/** An independent implementation; it leaves content-type unsigned. */
const authorizationOf = async (url: string, body: string, service: string, token: string | undefined) => {
  const signer = new AwsV4Signer({
    url,
    method: 'POST',
    body,
    headers: { ...headers, 'x-amz-content-sha256': hashOf(url, body, service) },
    service,
    region: 'eu-central-1',
    accessKeyId: 'AKID',
    secretAccessKey: 'secret',
    ...(token === undefined ? {} : { sessionToken: token }),
    datetime: '20260102T030405Z',
  });
  return (await signer.sign()).headers.get('authorization');
};
const ours = (url: string, body: string, service: string, sessionToken?: string) =>
  signedHeaders(
    { method: 'POST', url: new URL(url), headers, body },
    { service, region: 'eu-central-1', accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken },
    now,
  );
const hashOf = (url: string, body: string, service: string): string =>
  ours(url, body, service)['x-amz-content-sha256'] ?? '';

describe('a signature', () => {
  test('is what another implementation of the standard gives', async () => {
    const path = fc.stringMatching(/^[a-z0-9/-]{0,40}$/);
    const service = fc.constantFrom('dynamodb', 'kms', 's3');
    await fc.assert(
      fc.asyncProperty(
        path,
        fc.string({ unit: 'binary' }),
        service,
        fc.option(fc.stringMatching(/^[A-Za-z0-9+/=]{1,99}$/)),
        async (rest, body, name, token) => {
          const url = `https://bucket.example.com:8443/x${rest.replaceAll(/\/+/g, '/')}`;
          const { authorization } = ours(url, body, name, token ?? undefined);
          expect(authorization).toBe(await authorizationOf(url, body, name, token ?? undefined));
        },
      ),
    );
  });

  test('covers every header that is sent', () => {
    const { authorization, ...sent } = ours('https://example.com/', '{}', 'kms', 'session');
    expect(/SignedHeaders=([^,]+)/.exec(authorization ?? '')?.[1]?.split(';')).toEqual(Object.keys(sent).sort());
  });
});
