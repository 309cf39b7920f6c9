import { createSecretKey } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PredictionClaims } from '../../contracts/inference.ts';
import { readPredictionId, signPredictionId } from '../../functions/platform/prediction-id.ts';

const secret = Buffer.alloc(32, 7);
const claims: PredictionClaims = { t: 'acme', m: 'diagnosis', v: 'v1.4.0', a: 'challenger', r: 'rol_1', i: 5, n: 'x1' };
const here = { tenant: 'acme', model: 'diagnosis' };
const token = signPredictionId(claims, secret);

describe('a predictionId', () => {
  test('says what was signed, whichever form the key has', () => {
    expect(readPredictionId(token, createSecretKey(secret), here)).toEqual(claims);
  });

  test('fits where the API says how long it may be, with the longest names', () => {
    const long = { ...claims, t: 't'.repeat(39), m: 'm'.repeat(63), s: 's'.repeat(32), r: `rol_${'0'.repeat(26)}` };
    expect(signPredictionId(long, secret).length).toBeLessThan(1000);
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
