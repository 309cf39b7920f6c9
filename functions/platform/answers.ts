import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { ConflictError, Problem, problemDocument } from './errors.ts';
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

/** What a failure is to the caller; what nobody foresaw is logged and told to nobody. */
const problemOf = (error: unknown): Problem => {
  if (error instanceof Problem) return error;
  if (error instanceof ConflictError) {
    return new Problem('unavailable', 'Others were changing the same thing, and nothing was stored. Try again.');
  }
  logger.error('unexpected', error as Error);
  return new Problem(
    'internal',
    'The request failed and changed nothing that is not safe to repeat. Try again; name `instance` in a report.',
  );
};

/** The answer to a request that failed, as problem+json. */
export const refusal = (
  error: unknown,
  event: APIGatewayProxyEventV2WithJWTAuthorizer,
): APIGatewayProxyStructuredResultV2 => {
  const problem = problemOf(error);
  const document = problemDocument(problem, event.requestContext.requestId);
  logger.info('refused', { code: problem.code, status: document.status });
  // RFC 9110, 11.6.1: a 401 names the scheme.
  const headers = problem.code === 'unauthorized' ? { 'www-authenticate': 'Bearer' } : {};
  return answer({ status: document.status, body: document, headers }, 'application/problem+json');
};
