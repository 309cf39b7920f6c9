import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { prefix, type RouteDefinition } from '../../contracts/routes/index.ts';

type Handler = (
  event: APIGatewayProxyEventV2WithJWTAuthorizer,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

/** A call as API Gateway hands it to a function: who calls, and what the path, the query and the body say. */
export interface ApiCall {
  readonly tenant?: string;
  readonly role?: string;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON; a text is sent as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a function answered. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The body's JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads members that it goes on to check.
  readonly json: any;
}

const eventOf = (route: RouteDefinition, call: ApiCall): APIGatewayProxyEventV2WithJWTAuthorizer => {
  const { tenant = 'acme', role = 'operator', path = {}, query = {}, body, headers = {} } = call;
  const claims = { token_use: 'access', sub: 'user-1', tenant, role };
  return {
    version: '2.0',
    routeKey: `${route.method} ${prefix}${route.path}`,
    rawPath: '',
    rawQueryString: '',
    headers: { 'content-type': 'application/json', ...headers },
    isBase64Encoded: false,
    pathParameters: path,
    queryStringParameters: query,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    requestContext: {
      requestId: 'request-1',
      authorizer: { principalId: '', integrationLatency: 0, jwt: { claims, scopes: [] } },
    } as unknown as APIGatewayProxyEventV2WithJWTAuthorizer['requestContext'],
  };
};

/** Calls one operation of a slice's function, past API Gateway. */
export const callApi = async (handler: Handler, route: RouteDefinition, call: ApiCall): Promise<ApiAnswer> => {
  const { statusCode = 0, headers = {}, body = '' } = await handler(eventOf(route, call), {} as Context);
  const isJson =
    String(headers['content-type']).includes('json') && !String(headers['content-type']).includes('ndjson');
  return { status: statusCode, headers, text: body, json: isJson && body !== '' ? JSON.parse(body) : undefined };
};
