import * as z from 'zod';

/** Every problem that the API answers with: its code, HTTP status and title (RFC 9457). */
export const problems = {
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  'invalid-request': { status: 400, title: 'The request does not fit the API' },
  unauthorized: { status: 401, title: 'A valid bearer token is needed' },
  forbidden: { status: 403, title: "The token's role may not do this" },
  'not-found': { status: 404, title: 'There is no such thing' },
  conflict: { status: 409, title: 'The state does not allow this now' },
  'schema-in-use': { status: 409, title: 'The schema has accepted cases' },
  'training-running': { status: 409, title: 'A training of this model is running' },
  'rollout-running': { status: 409, title: 'A rollout of this model is running' },
  'version-rejected': { status: 409, title: 'The gate rejected this version' },
  'artifact-missing': { status: 409, title: 'The artifact of this version is not there, or is another' },
  'version-serving': { status: 409, title: 'This version serves already' },
  'nothing-to-roll-back': { status: 409, title: 'There is no champion to go back to' },
  'no-background': { status: 409, title: 'The version has nothing to be explained against' },
  'no-champion': { status: 409, title: 'The model has no version that serves yet' },
  'job-ended': { status: 409, title: 'The training job has ended' },
  'job-not-paused': { status: 409, title: 'The training job is not paused' },
  'already-subscribed': { status: 409, title: 'This address is subscribed already' },
  'idempotency-mismatch': { status: 409, title: 'This Idempotency-Key was used for another request' },
  'payload-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body is not application/json' },
  'invalid-input': { status: 422, title: "The input does not fit the model's schema" },
  'invalid-prediction-id': { status: 422, title: 'This predictionId was not issued for this model' },
  'outcome-conflict': { status: 409, title: 'Another outcome of this prediction was counted' },
  'outcome-too-late': { status: 422, title: 'The prediction is too old for an outcome' },
  'rollout-ended': { status: 409, title: 'The rollout has ended' },
  'approval-not-awaited': { status: 409, title: 'The rollout does not wait for an approval' },
  'approval-decided': { status: 409, title: 'The approval was given or declined before' },
  'approval-expired': { status: 409, title: 'The approval came too late' },
  'no-traffic': { status: 422, title: 'A rollout without traffic never comes to a verdict' },
  'nothing-to-drill': { status: 409, title: 'There is no second version to rehearse a rollback with' },
  'over-budget': { status: 409, title: 'The budget of this month does not allow it' },
  'too-few-cases': { status: 422, title: 'There are too few cases' },
  internal: { status: 500, title: 'Something broke on our side' },
  unavailable: { status: 503, title: 'Try again in a moment' },
} as const satisfies Record<string, { status: number; title: string }>;
export type ProblemCode = keyof typeof problems;

/** `application/problem+json`. */
export const ProblemDocument = z
  .looseObject({
    type: z.string().meta({ description: 'urn:relearn:problem: and the code' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'what was expected, what came, what to do next' }),
    instance: z.string().optional().meta({ description: 'the request, to be named in a report' }),
    errors: z
      .array(z.strictObject({ pointer: z.string(), detail: z.string() }))
      .optional()
      .meta({ description: 'each fault, by JSON pointer' }),
    rollout: z.string().optional().meta({ description: 'the rollout that stands in the way' }),
    job: z.string().optional().meta({ description: 'the training job that stands in the way' }),
    subscription: z.string().optional().meta({ description: 'the subscription that stands in the way' }),
    acceptedCases: z.int().optional().meta({ description: 'cases that keep a schema from being changed' }),
    findings: z
      .array(z.looseObject({ check: z.string(), detail: z.string() }))
      .optional()
      .meta({ description: 'what the gate found' }),
  })
  .meta({ id: 'Problem' });
export type ProblemDocument = z.infer<typeof ProblemDocument>;
