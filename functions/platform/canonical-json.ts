import { createHash } from 'node:crypto';

/**
 * The JSON text of a value with keys in the order of their UTF-16 code units, no white space, and absent members left
 * out (RFC 8785): the same value always gives the same text.
 *
 * @param value - what JSON can hold
 */
export const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  // Written key by key: an object would put keys that look like integers first.
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
};

/** SHA-256, hexadecimal. */
export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');
