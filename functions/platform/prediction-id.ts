import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { PredictionClaims } from '../../contracts/inference.ts';

const prefix = 'prd_';

type Key = KeyObject | Uint8Array;

const signatureOf = (payload: string, key: Key): string =>
  createHmac('sha256', key).update(payload).digest('base64url');

/**
 * Signs what a prediction was, so that its outcome can be attributed without a stored prediction:
 * `prd_<claims>.<signature>`, both base64url.
 *
 * @param key - the secret of the tenant's prediction ids
 */
export const signPredictionId = (claims: PredictionClaims, key: Key): string => {
  const payload = prefix + Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${payload}.${signatureOf(payload, key)}`;
};

/** @returns what a predictionId says, or undefined where it was not signed for this model of this tenant */
export const readPredictionId = (
  predictionId: string,
  key: Key,
  expected: { readonly tenant: string; readonly model: string },
): PredictionClaims | undefined => {
  const [payload, signature, ...rest] = predictionId.split('.');
  if (payload === undefined || signature === undefined || rest.length > 0 || !payload.startsWith(prefix)) return;
  const [given, wanted] = [Buffer.from(signature), Buffer.from(signatureOf(payload, key))];
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return;
  const claims = PredictionClaims.safeParse(
    JSON.parse(Buffer.from(payload.slice(prefix.length), 'base64url').toString()),
  );
  return claims.success && claims.data.t === expected.tenant && claims.data.m === expected.model
    ? claims.data
    : undefined;
};
