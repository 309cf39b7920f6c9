import * as z from 'zod';
import { Explanation, NewExplanation } from '../explanations.ts';
import { ModelName } from '../identifiers.ts';
import { NewOutcome, NewPrediction, Outcome, Prediction } from '../inference.ts';
import { predictors } from '../roles.ts';
import { defineRoute } from './define-route.ts';

const OfModel = z.strictObject({ model: ModelName });

export const postPrediction = defineRoute({
  id: 'postPrediction',
  slice: 'inference',
  method: 'POST',
  path: '/models/{model}/predictions',
  summary: 'Predict',
  // It changes nothing.
  idempotent: false,
  roles: predictors,
  params: OfModel,
  body: NewPrediction,
  responses: {
    200: { description: 'the answer, and the predictionId to report its outcome with', schema: Prediction },
  },
  problems: ['malformed-json', 'payload-too-large', 'invalid-input', 'no-champion', 'unavailable'],
});

export const postExplanation = defineRoute({
  id: 'postExplanation',
  slice: 'inference',
  method: 'POST',
  path: '/models/{model}/explanations',
  summary: 'Explain a prediction: how much each field of the input moved the answer',
  // It changes nothing.
  idempotent: false,
  roles: predictors,
  params: OfModel,
  body: NewExplanation,
  responses: {
    200: { description: 'the answer, and what each field contributed to it', schema: Explanation },
  },
  problems: [
    'malformed-json',
    'payload-too-large',
    'invalid-input',
    'no-champion',
    'no-background',
    'artifact-missing',
    'unavailable',
  ],
});

export const postOutcome = defineRoute({
  id: 'postOutcome',
  slice: 'inference',
  method: 'POST',
  path: '/models/{model}/outcomes',
  summary: 'Report how good an answer proved to be; counted once, however often it is sent',
  roles: predictors,
  params: OfModel,
  body: NewOutcome,
  responses: { 202: { description: 'counted, or counted before', schema: Outcome } },
  problems: ['invalid-prediction-id', 'outcome-conflict', 'outcome-too-late'],
});
