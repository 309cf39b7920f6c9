import { createSecretKey } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PredictionClaims } from '../../contracts/inference.ts';
import { readPredictionId, signPredictionId } from '../../functions/platform/prediction-id.ts';

const secret = Buffer.alloc(32, 7);
const claims: PredictionClaims = { t: 'acme', m: 'diagnosis', v: 'v1.4.0', a: 'challenger', r: 'rol_1', i: 5, n: 'x1' };
const here = { tenant: 'acme', model: 'diagnosis' };
const token = signPredictionId(claims, secret);

const character = (alphabet: string) => fc.constantFrom(...alphabet);
const word = (alphabet: string, maxLength: number) =>
  fc.array(character(alphabet), { minLength: 1, maxLength }).map((characters) => characters.join(''));
const digits = '0123456789';
const lower = 'abcdefghijklmnopqrstuvwxyz';
const base64url = `${lower}${lower.toUpperCase()}${digits}-_`;
const version = fc.tuple(fc.nat(999_999), fc.nat(999_999), fc.nat(999_999)).map((parts) => `v${parts.join('.')}`);
/** Claims as the predict function makes them, of whatever names the contracts allow. */
const anyClaims: fc.Arbitrary<PredictionClaims> = fc.record(
  {
    t: word(`${lower}${digits}-`, 39),
    m: word(`${lower}${digits}-`, 63),
    v: version,
    a: fc.constantFrom('champion', 'challenger'),
    r: word(`${lower}${digits}`.toUpperCase(), 26).map((ulid) => `rol_${ulid}`),
    s: word(`${lower}${digits}-`, 32),
    i: fc.nat(4_102_444_800_000),
    n: word(base64url, 24),
    w: version,
    p: fc.nat(10_000).map((share) => share / 10_000),
    l: fc.nat(30_000),
    u: word(base64url, 43),
  },
  { requiredKeys: ['t', 'm', 'v', 'a', 'i', 'n'] },
);

describe('a predictionId', () => {
  test('says what was signed, whichever form the key has', () => {
    expect(readPredictionId(token, createSecretKey(secret), here)).toEqual(claims);
  });

  test('fits where the API says how long it may be, with the longest names', () => {
    const long = {
      ...{ ...claims, t: 't'.repeat(39), m: 'm'.repeat(63), s: 's'.repeat(32), r: `rol_${'0'.repeat(26)}` },
      ...{
        v: 'v999999.999999.999999',
        w: 'v999999.999999.999999',
        n: 'n'.repeat(30),
        u: 'u'.repeat(43),
        p: 0.1234,
        l: 30_000,
      },
    };
    expect(signPredictionId(long, secret).length).toBeLessThanOrEqual(1000);
  });

  test('says exactly what was signed, whatever that was, and is of characters that need no escape anywhere', () => {
    fc.assert(
      fc.property(anyClaims, (given) => {
        const id = signPredictionId(given, secret);
        expect(readPredictionId(id, secret, { tenant: given.t, model: given.m })).toEqual(given);
        expect(id).toMatch(/^prd_[A-Za-z0-9._~-]+$/);
        expect(id.length).toBeLessThanOrEqual(1000);
      }),
    );
  });

  test('cannot be made to say something else by what a claim holds', () => {
    const parts = fc.string({ unit: fc.constantFrom('~', '.', 'a', '1', '') });
    fc.assert(
      fc.property(fc.constantFrom('t', 'm', 'v', 'r', 's', 'n', 'w', 'u'), parts, (name, value) => {
        const given = { ...claims, [name]: value };
        const read = readPredictionId(signPredictionId(given, secret), secret, { tenant: given.t, model: given.m });
        const { [name as 'r']: _, ...others } = given;
        expect(
          readPredictionId(signPredictionId({ ...claims, [name]: `x${value}~` }, secret), secret, here),
        ).toBeUndefined();
        expect(
          readPredictionId(signPredictionId({ ...claims, m: `diagnosis~${value}` }, secret), secret, here),
        ).toBeUndefined();
        // A blank claim is one that is not there.
        expect([undefined, given, ...(value === '' ? [others] : [])]).toContainEqual(read);
      }),
      { numRuns: 1000 },
    );
  });

  test('is nothing with its parts in another order, left out or taken from another', () => {
    fc.assert(
      fc.property(anyClaims, anyClaims, fc.nat(), fc.nat(), (one, other, from, to) => {
        const [mine, theirs] = [one, other].map((given) => signPredictionId(given, secret).split('~')) as [
          string[],
          string[],
        ];
        const [a, b] = [from % mine.length, to % mine.length];
        const tellsOf = (parts: string[]) => readPredictionId(parts.join('~'), secret, { tenant: one.t, model: one.m });
        const swapped = mine.map((part, index) => (index === a ? mine[b] : index === b ? mine[a] : part) as string);
        for (const forged of [swapped, mine.toSpliced(a, 1), mine.toSpliced(a, 1, theirs[a] as string)]) {
          if (forged.join('~') !== mine.join('~') && forged.join('~') !== theirs.join('~'))
            expect(tellsOf(forged)).toBeUndefined();
        }
      }),
    );
  });

  test.each([
    ['another tenant', { tenant: 'other', model: 'diagnosis' }],
    ['another model', { tenant: 'acme', model: 'other' }],
  ])('is nothing to %s', (_, elsewhere) => {
    expect(readPredictionId(token, secret, elsewhere)).toBeUndefined();
  });

  test('is nothing under another key', () => {
    expect(readPredictionId(token, Buffer.alloc(32, 8), here)).toBeUndefined();
  });

  test('is nothing with any character altered', () => {
    const place = fc.nat({ max: token.length - 1 });
    fc.assert(
      fc.property(place, fc.string({ minLength: 1, maxLength: 1 }), (at, character) => {
        const altered = token.slice(0, at) + character + token.slice(at + 1);
        return altered === token || readPredictionId(altered, secret, here) === undefined;
      }),
      { numRuns: 1000 },
    );
  });

  test('is nothing where it was never one', () => {
    fc.assert(fc.property(fc.string(), (text) => readPredictionId(text, secret, here) === undefined));
    expect(readPredictionId(`${token}.x`, secret, here)).toBeUndefined();
  });
});
