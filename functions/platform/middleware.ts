import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { refusal } from './answers.ts';
import { logger } from './telemetry.ts';

type Middleware = MiddlewareObj<APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyStructuredResultV2>;

/** Names the invocation in every log line. */
export const logInvocation = (): Middleware => ({
  before: ({ context }) => {
    logger.addContext(context);
  },
});

/** Answers what a handler throws, as problem+json. */
export const answerProblems = (): Middleware => ({
  onError: (request) => {
    request.response = refusal(request.error, request.event);
  },
});
