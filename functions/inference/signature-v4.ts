import { createHash, createHmac } from 'node:crypto';

/** What signs a call, and for which service of which region. */
export interface Signer {
  readonly service: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** @default none: the credentials are a user's */
  readonly sessionToken?: string | undefined;
}

/** A call without a query, of a path that needs no encoding. */
export interface UnsignedRequest {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const algorithm = 'AWS4-HMAC-SHA256';
const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/**
 * Signs a call with AWS Signature Version 4, in the headers.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * @param now - ms since 1970
 * @returns the headers to send
 */
export const signedHeaders = (
  { method, url, headers, body }: UnsignedRequest,
  signer: Signer,
  now: number,
): Record<string, string> => {
  const time = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const day = time.slice(0, 8);
  const payload = hash(body);
  const sent: Record<string, string> = {
    ...headers,
    host: url.host,
    'x-amz-content-sha256': payload,
    'x-amz-date': time,
    ...(signer.sessionToken === undefined ? {} : { 'x-amz-security-token': signer.sessionToken }),
  };
  const names = Object.keys(sent).sort();
  const canonicalHeaders = names.map((name) => `${name}:${sent[name]}\n`).join('');
  const canonical = [method, url.pathname, '', canonicalHeaders, names.join(';'), payload].join('\n');
  const scope = [day, signer.region, signer.service, 'aws4_request'];
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${signer.secretAccessKey}`);
  const signature = hmac(key, [algorithm, time, scope.join('/'), hash(canonical)].join('\n')).toString('hex');
  const credential = `Credential=${signer.accessKeyId}/${scope.join('/')}`;
  return {
    ...sent,
    authorization: `${algorithm} ${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
};
