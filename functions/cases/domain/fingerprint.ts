import type { CaseContent } from './stored-case.ts';

/**
 * What makes two cases the same observation. Without a subject two people may have the same input, so the prediction,
 * the validator and the time of validation must agree too.
 *
 * @returns a value whose canonical JSON is the content to be hashed
 */
export const fingerprintContent = ({ subject, input, prediction, validator, validatedAt }: CaseContent): unknown =>
  subject === null
    ? { input, prediction: prediction?.nonce ?? null, validator, validatedAt: validatedAt ?? null }
    : { subject, input };
