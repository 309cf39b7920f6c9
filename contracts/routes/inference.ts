import * as z from 'zod';
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
