import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type * as z from 'zod';
import type { Fault } from '../../contracts/fault.ts';
import type { RouteDefinition } from '../../contracts/routes/index.ts';
import { Problem } from './errors.ts';

/** Bytes of a body; a batch of 500 cases of a hundred fields fits. */
export const maximumBodyBytes = 1_048_576;

interface ReadRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** A name that came may hold what a person wrote: only what could name a member is repeated. */
const repeatable = (name: string): string => (/^[A-Za-z0-9_-]{1,64}$/.test(name) ? name : '*');

/** In place of zod's own message, which repeats names as they came; a schema's own message comes before it. */
const describeIssue: z.core.$ZodErrorMap = (issue) =>
  issue.code === 'unrecognized_keys'
    ? `expected no member ${[...new Set(issue.keys.map(repeatable))].join(', ')}; leave it out`
    : undefined;

/**
 * @param faults - places below `root`, at least one, with what was expected there; never the value that came
 * @returns Problem `invalid-request`, which names the first 50
 */
export const invalidRequest = (faults: readonly Fault[], root: string): Problem => {
  const errors = faults.slice(0, 50).map(({ path, message }) => ({
    pointer: `/${[root, ...path.map((part) => repeatable(String(part)))].filter((part) => part !== '').join('/')}`,
    detail: message,
  }));
  const [first] = errors;
  return new Problem(
    'invalid-request',
    `${first?.pointer ?? '/'}: ${first?.detail ?? 'does not fit'}. See /docs for what this operation takes.`,
    { errors },
  );
};

/** @throws Problem `invalid-request`, which names each place below `root` that does not fit */
export const check = (schema: z.ZodType, value: unknown, root: string): unknown => {
  const parsed = schema.safeParse(value, { error: describeIssue });
  if (parsed.success) return parsed.data;
  throw invalidRequest(parsed.error.issues, root);
};

/** Half a character can be written in JSON by an escape, and nowhere be stored. */
const ofWholeCharacters = (name: string, value: unknown): unknown => {
  if (name.isWellFormed() && (typeof value !== 'string' || value.isWellFormed())) return value;
  throw new SyntaxError('half a character');
};

type Sent = Pick<APIGatewayProxyEventV2, 'body' | 'headers' | 'isBase64Encoded'>;

const textOf = ({ body = '', isBase64Encoded }: Sent): string =>
  isBase64Encoded ? Buffer.from(body, 'base64').toString() : body;

/** @throws Problem for a body where none is taken; `{}` is as good as none */
const refuseBody = (event: Sent): undefined => {
  if (/^\s*(\{\s*\}\s*)?$/.test(textOf(event))) return undefined;
  throw new Problem('invalid-request', 'Expected no body: this operation takes none. Leave it out.');
};

/** @throws Problem for a body that is too large, of another type or no JSON */
export const readJsonBody = (event: Sent): unknown => {
  if (event.body === undefined || event.body === '') return {};
  const text = textOf(event);
  const bytes = Buffer.byteLength(text);
  if (bytes > maximumBodyBytes) {
    throw new Problem(
      'payload-too-large',
      `Expected at most ${maximumBodyBytes} bytes, got ${bytes}. Send smaller batches.`,
    );
  }
  const type = event.headers['content-type'];
  if (type !== undefined && !/^application\/(json|[a-z.-]+\+json)\b/i.test(type)) {
    throw new Problem('unsupported-media-type', 'Expected a body of content-type application/json.');
  }
  try {
    return /\\u[dD]/.test(text) ? JSON.parse(text, ofWholeCharacters) : JSON.parse(text);
  } catch {
    throw new Problem('malformed-json', 'Expected a body that is JSON. Check quotes, commas, brackets and escapes.');
  }
};

/**
 * Reads path, query and body by the route's schemas.
 *
 * @throws Problem naming every fault by JSON pointer
 */
export const readRequest = (route: RouteDefinition, event: APIGatewayProxyEventV2): ReadRequest => ({
  params: check(route.params, event.pathParameters ?? {}, 'path'),
  query: check(route.query, event.queryStringParameters ?? {}, 'query'),
  body: route.body === undefined ? refuseBody(event) : check(route.body, readJsonBody(event), ''),
});
