import * as z from 'zod';
import { VersionName } from './identifiers.ts';

export const Arm = { Champion: 'champion', Challenger: 'challenger' } as const;
export type Arm = (typeof Arm)[keyof typeof Arm];

const PredictionId = z
  .string()
  .min(10)
  .max(1000)
  .meta({ description: 'signed; carries tenant, model, version, arm, rollout and time' });

/** The input's fields are read by the model's schema, which says what was expected of each. */
export const NewPrediction = z
  .strictObject({
    input: z
      .record(z.string().max(64), z.unknown())
      .meta({ description: "the model's features; its subject, where it has one, keeps the arm the same" }),
  })
  .meta({ id: 'NewPrediction' });

export const Prediction = z
  .strictObject({
    predictionId: PredictionId,
    version: VersionName,
    label: z.union([z.string(), z.number()]).meta({ description: 'the class, or the number' }),
    fallback: z.boolean().meta({ description: 'true: the challenger could not answer, and the champion did' }),
    probabilities: z
      .record(z.string(), z.number())
      .optional()
      .meta({ description: 'of each class; they sum to 1. Absent where a number is predicted' }),
  })
  .meta({ id: 'Prediction' });
export type Prediction = z.infer<typeof Prediction>;

export const NewOutcome = z
  .strictObject({
    predictionId: PredictionId,
    reward: z.number().min(0).max(1).meta({ description: 'how good the answer proved to be, 0 to 1' }),
    correction: z
      .boolean()
      .default(false)
      .meta({ description: 'true: replaces the reward that was sent before, where there is one' }),
  })
  .meta({ id: 'NewOutcome' });

/** What an outcome does to the evidence of a rollout. */
export const OutcomeEvidence = {
  /** It enters once its prediction has the age of the label window. */
  Counts: 'counts',
  /** It came after the label window or the rollout's end: kept and shown, but evidence that was bet is not taken back. */
  TooLate: 'too-late',
  /** No rollout that is judged by outcomes gave its prediction an arm. */
  None: 'none',
} as const;
export type OutcomeEvidence = (typeof OutcomeEvidence)[keyof typeof OutcomeEvidence];

export const Outcome = z
  .strictObject({
    predictionId: PredictionId,
    version: VersionName,
    reward: z.number(),
    counted: z.boolean().meta({ description: 'false: it had been counted before' }),
    corrected: z.boolean().meta({ description: 'true: it replaced another reward' }),
    evidence: z.enum(OutcomeEvidence),
  })
  .meta({ id: 'Outcome' });

/** What a predictionId carries; short names, because it travels with each answer. */
export const PredictionClaims = z.strictObject({
  t: z.string().meta({ description: 'tenant' }),
  m: z.string().meta({ description: 'model' }),
  v: z.string().meta({ description: 'version that answered' }),
  a: z.enum(Arm).meta({ description: 'arm it was assigned to' }),
  r: z.string().optional().meta({ description: 'rollout' }),
  s: z.string().optional().meta({ description: 'stage at assignment' }),
  i: z.int().meta({ description: 'ms since 1970' }),
  n: z.string().meta({ description: 'nonce' }),
  w: z
    .string()
    .optional()
    .meta({ description: 'version that was asked first and failed, where another answered in its place' }),
  p: z.number().min(0).max(1).optional().meta({ description: 'score: probability of the class that the model names' }),
  l: z.int().min(0).optional().meta({ description: 'ms that the answer took' }),
  u: z.string().optional().meta({
    description: "keyed hash of the subject, base64url: the key of its pseudonym's map; while a rollout runs",
  }),
});
export type PredictionClaims = z.infer<typeof PredictionClaims>;
