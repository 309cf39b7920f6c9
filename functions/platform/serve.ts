import middy from '@middy/core';
import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type * as z from 'zod';
import { prefix, type RouteDefinition } from '../../contracts/routes/index.ts';
import { answer, type Reply } from './answers.ts';
import { Problem } from './errors.ts';
import type { Idempotency } from './idempotency.ts';
import { answerProblems, logInvocation } from './middleware.ts';
import { assertRole, type Principal, principalOf } from './principal.ts';
import { readKey } from './read-key.ts';
import { readRequest } from './read-request.ts';
import type { OnRefused } from './refusals.ts';
import { logger } from './telemetry.ts';

type Event = APIGatewayProxyEventV2WithJWTAuthorizer;

type BodyOf<Route> = Route extends { body: infer Schema extends z.ZodType } ? z.infer<Schema> : undefined;

/** A parsed request: everything in it has passed its schema. */
export interface ApiRequest<Route extends RouteDefinition = RouteDefinition> {
  readonly params: z.infer<Route['params']>;
  readonly query: z.infer<Route['query']>;
  readonly body: BodyOf<Route>;
  readonly principal: Route['roles'] extends 'public' ? undefined : Principal;
}

type Implementation<Routes extends Record<string, RouteDefinition>> = {
  readonly [Name in keyof Routes]: (request: ApiRequest<Routes[Name]>) => Promise<Reply>;
};

interface Found {
  readonly route: RouteDefinition;
  readonly handle: (request: ApiRequest) => Promise<Reply>;
}

interface Extras {
  /** Makes repeated commands answer as the first did. @default each is carried out */
  readonly idempotency?: Idempotency;
  /** Hears of commands that were refused. @default nobody does */
  readonly onRefused?: OnRefused;
}

/**
 * Serves the routes of one slice from one function: finds the route, checks the role, reads the request
 * by its schemas, and maps what the handler gives or throws to an answer.
 *
 * @param routes - the slice's part of the route table
 * @param implementation - a handler for each; a missing one does not compile
 */
export const serve = <Routes extends Record<string, RouteDefinition>>(
  routes: Routes,
  implementation: Implementation<Routes>,
  { idempotency, onRefused }: Extras = {},
) => {
  const byKey = new Map<string, Found>(
    Object.entries(routes).map(([name, route]) => [
      `${route.method} ${prefix}${route.path}`,
      { route, handle: implementation[name] as (request: ApiRequest) => Promise<Reply> },
    ]),
  );
  /** @throws Problem */
  const carryOut = async (event: Event, { route, handle }: Found, principal: Principal | undefined): Promise<Reply> => {
    if (principal !== undefined) assertRole(principal, route.roles as readonly string[]);
    const request = { ...readRequest(route, event), principal } as ApiRequest;
    const key = readKey(route, event);
    return key !== undefined && idempotency !== undefined && principal !== undefined
      ? await idempotency.once(
          principal.tenant,
          `${principal.id} ${route.id} ${key}`,
          { ...request, principal: undefined },
          () => handle(request),
        )
      : await handle(request);
  };
  const tellOfRefusal = async (
    event: Event,
    { route }: Found,
    principal: Principal,
    { code }: Problem,
  ): Promise<void> => {
    try {
      await onRefused?.({ principal, route: route.id, params: event.pathParameters ?? {}, code });
    } catch (error) {
      // The caller is to hear of the refusal all the same.
      logger.error('the audit could not be told of a refusal', error as Error);
    }
  };
  const answerEvent = async (event: Event): Promise<APIGatewayProxyStructuredResultV2> => {
    const found = byKey.get(event.routeKey);
    if (found === undefined) throw new Problem('not-found', 'Expected a path and method of the API. See /docs.');
    const { route } = found;
    const principal = route.roles === 'public' ? undefined : principalOf(event);
    try {
      const reply = await carryOut(event, found, principal);
      logger.info('answered', { route: route.id, status: reply.status });
      return answer(reply, route.responses[reply.status]?.mediaType ?? 'application/json');
    } catch (error) {
      const isCommand = principal !== undefined && route.method !== 'GET';
      if (isCommand && error instanceof Problem) await tellOfRefusal(event, found, principal, error);
      throw error;
    }
  };
  return middy<Event, APIGatewayProxyStructuredResultV2>({ timeoutEarlyInMillis: 0 })
    .use(logInvocation())
    .use(answerProblems())
    .handler(answerEvent);
};
