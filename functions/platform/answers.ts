import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { Problem, problemDocument } from './errors.ts';
import { logger } from './telemetry.ts';

/** What a route gives back. */
export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const securityHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
} as const;

/** The answer to API Gateway: what is not text becomes JSON. */
export const answer = (reply: Reply, mediaType = 'application/json'): APIGatewayProxyStructuredResultV2 => ({
  statusCode: reply.status,
  headers: { ...securityHeaders, 'content-type': mediaType, ...reply.headers },
  body: typeof reply.body === 'string' ? reply.body : reply.body === undefined ? '' : JSON.stringify(reply.body),
});

/** The answer to a request that failed, as problem+json; what nobody foresaw is logged and told to nobody. */
export const refusal = (
  error: unknown,
  event: APIGatewayProxyEventV2WithJWTAuthorizer,
): APIGatewayProxyStructuredResultV2 => {
  const instance = event.requestContext.requestId;
  if (!(error instanceof Problem)) logger.error('unexpected', error as Error);
  const problem =
    error instanceof Problem
      ? error
      : new Problem(
          'internal',
          'The request failed and changed nothing that is not safe to repeat. Try again; name `instance` in a report.',
        );
  const document = problemDocument(problem, instance);
  return answer({ status: document.status, body: document }, 'application/problem+json');
};
