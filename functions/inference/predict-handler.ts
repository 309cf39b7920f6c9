import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { ModelName } from '../../contracts/identifiers.ts';
import { predictors } from '../../contracts/roles.ts';
import { answer, refusal } from '../platform/answers.ts';
import { notFound, Problem } from '../platform/errors.ts';
import { assertRole, principalOf } from '../platform/principal.ts';
import { readJsonBody } from '../platform/read-request.ts';
import type { Predict } from './predictor.ts';

type Event = APIGatewayProxyEventV2WithJWTAuthorizer;

const modelOf = (event: Event): string => {
  const model = ModelName.safeParse(event.pathParameters?.model);
  if (!model.success) throw notFound('a model');
  return model.data;
};

/** The body of `contracts/inference.ts`, NewPrediction, read by hand: it is on the way of every prediction. */
const inputOf = (body: unknown): Readonly<Record<string, unknown>> => {
  const given = typeof body === 'object' && body !== null ? Object.entries(body) : [];
  const [name, input] = given.length === 1 ? (given[0] as [string, unknown]) : [];
  if (name === 'input' && typeof input === 'object' && input !== null && !Array.isArray(input)) {
    return input as Readonly<Record<string, unknown>>;
  }
  throw new Problem(
    'invalid-request',
    'Expected a body with one member, input, an object with a value for each feature of the model. See /docs.',
    { errors: [{ pointer: '/input', detail: 'expected this member, an object, and no other' }] },
  );
};

export type PredictionHandler = (event: Event) => Promise<APIGatewayProxyStructuredResultV2>;

/**
 * Serves `POST /models/{model}/predictions`. It is the route table's one route outside `platform/serve.ts`: checking
 * body and answer there would cost as much time as the model.
 */
export const servePredictions =
  (predict: Predict): PredictionHandler =>
  async (event) => {
    try {
      const principal = principalOf(event);
      assertRole(principal, predictors);
      const body = await predict(principal.tenant, modelOf(event), inputOf(readJsonBody(event)));
      return answer({ status: 200, body });
    } catch (error) {
      return refusal(error, event);
    }
  };
