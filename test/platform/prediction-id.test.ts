import { describe, expect, test } from '@jest/globals';
import type { PredictionClaims } from '../../contracts/inference.ts';
import { readPredictionId, signPredictionId } from '../../functions/platform/prediction-id.ts';

const key = Buffer.alloc(32, 1);
const claims: PredictionClaims = { t: 'acme', m: 'clinic', v: 'v1.0.0', a: 'champion', i: 1_767_225_600_000, n: 'abc' };
const here = { tenant: 'acme', model: 'clinic' };

describe('a predictionId', () => {
  test('says what was signed', () => {
    expect(readPredictionId(signPredictionId(claims, key), key, here)).toEqual(claims);
  });

  test('is none with any of its characters changed, left out or added', () => {
    const id = signPredictionId(claims, key);
    for (let index = 0; index < id.length; index += 1) {
      const other = id[index] === 'A' ? 'B' : 'A';
      for (const forged of [
        id.slice(0, index) + other + id.slice(index + 1),
        id.slice(0, index) + id.slice(index + 1),
      ]) {
        expect(readPredictionId(forged, key, here)).toBeUndefined();
      }
    }
    expect(readPredictionId(`${id}A`, key, here)).toBeUndefined();
    expect(readPredictionId(`${id}.A`, key, here)).toBeUndefined();
  });

  test('of another tenant, model or key is none', () => {
    const id = signPredictionId(claims, key);
    expect(readPredictionId(id, key, { ...here, tenant: 'other' })).toBeUndefined();
    expect(readPredictionId(id, key, { ...here, model: 'other' })).toBeUndefined();
    expect(readPredictionId(id, Buffer.alloc(32, 2), here)).toBeUndefined();
  });

  test.each(['', '.', 'prd_.', 'prd_', 'prd_e30.', 'text'])('is none in what is none: %j', (text) => {
    expect(readPredictionId(text, key, here)).toBeUndefined();
  });

  test('signed over what are no claims is none', () => {
    const id = signPredictionId({ t: 'acme', m: 'clinic' } as PredictionClaims, key);
    expect(readPredictionId(id, key, here)).toBeUndefined();
  });
});
