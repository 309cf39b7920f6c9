import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, sha256 } from '../../functions/platform/canonical-json.ts';

/** The same value with the members of its objects in reverse. */
const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, member]) => [key, reversed(member)])
      .reverse(),
  );
};

describe('canonical JSON', () => {
  test('does not depend on the order of members', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
      }),
    );
  });

  test('reads back as the value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('orders keys by their code units, also those that look like integers', () => {
    expect(canonicalJson({ b: 1, 10: 2, 9: 3, B: 4 })).toBe('{"10":2,"9":3,"B":4,"b":1}');
  });

  test('leaves out members without a value, as JSON does', () => {
    expect(canonicalJson({ a: undefined, b: [undefined, null], c: { d: undefined } })).toBe('{"b":[null,null],"c":{}}');
  });

  test('keeps a member that has the name of an object’s prototype', () => {
    expect(canonicalJson(JSON.parse('{"__proto__":{"a":1}}'))).toBe('{"__proto__":{"a":1}}');
  });
});

test('SHA-256 is that of FIPS 180-2, appendix B.1', () => {
  expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
