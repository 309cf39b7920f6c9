import * as z from 'zod';
import {
  createDocument,
  type ZodOpenApiObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import { type ProblemCode, ProblemDocument, problems } from '../../contracts/problems.ts';
import { prefix, type RouteDefinition, routes, type Slice, takesKey } from '../../contracts/routes/index.ts';

const sliceDescriptions: Readonly<Record<Slice, string>> = {
  models: 'What is learnt, and the versions that were trained',
  cases: 'Validated cases, and the datasets that are cut from them',
  training: 'Training jobs, and when they start',
  rollouts: 'How a version comes to serve, and how it is taken back',
  inference: 'Predictions, and how good they proved to be',
  monitoring: 'Performance, audit and health',
};

const IdempotencyKey = z
  .string()
  .min(1)
  .max(200)
  .optional()
  .meta({
    param: { id: 'IdempotencyKey' },
    description: 'A repeated call with the same key and request is answered as the first one was, for a day.',
    example: '0b6e7a0e-3c6a-4f0e-9a1d-5d1c2f8f6a11',
  });

const statusesOf = (codes: readonly ProblemCode[]): number[] =>
  [...new Set(codes.map((code) => problems[code].status))].sort((a, b) => a - b);

const problemResponse = (status: number) => ({
  id: `Problem${status}`,
  description: (Object.keys(problems) as ProblemCode[])
    .filter((code) => problems[code].status === status)
    .map((code) => `\`${code}\`: ${problems[code].title}.`)
    .join(' '),
  content: { 'application/problem+json': { schema: ProblemDocument } },
});

/** One shared response for each HTTP status that a problem has. */
const problemResponses = new Map(
  statusesOf(Object.keys(problems) as ProblemCode[]).map((status) => [status, problemResponse(status)]),
);

const contentOf = ({ schema, mediaType }: RouteDefinition['responses'][number], status: number) => {
  if (schema !== undefined) return { content: { [mediaType ?? 'application/json']: { schema } } };
  if (mediaType !== undefined) return { content: { [mediaType]: { schema: z.string() } } };
  return status === 200 ? { content: { 'application/json': { schema: z.looseObject({}) } } } : {};
};

const responsesOf = (route: RouteDefinition): ZodOpenApiResponsesObject => {
  const answers = Object.entries(route.responses).map(([status, response]) => [
    status,
    { description: response.description, ...contentOf(response, Number(status)) },
  ]);
  const refusals = statusesOf(problemsOf(route))
    .filter((status) => !(status in route.responses))
    .map((status) => [String(status), problemResponses.get(status)]);
  return Object.fromEntries([...answers, ...refusals]);
};

/** What the platform adds to what the route names. */
const problemsOf = (route: RouteDefinition): ProblemCode[] => {
  const { roles, body, problems: named } = route;
  const withoutToken: readonly ProblemCode[] = roles === 'public' ? ['unauthorized', 'forbidden'] : [];
  const ofBody: readonly ProblemCode[] =
    body === undefined ? [] : ['malformed-json', 'payload-too-large', 'unsupported-media-type'];
  const ofKey: readonly ProblemCode[] = takesKey(route) ? ['idempotency-mismatch', 'conflict'] : [];
  return [...new Set([...named, ...ofBody, ...ofKey])].filter((code) => !withoutToken.includes(code));
};

const operationOf = (route: RouteDefinition): ZodOpenApiOperationObject => ({
  operationId: route.id,
  tags: [route.slice],
  summary: route.summary,
  description: [
    route.roles === 'public' ? 'Needs no token.' : `Roles: ${route.roles.join(', ')}.`,
    `Problems: ${problemsOf(route)
      .map((code) => `\`${code}\``)
      .join(', ')}.`,
  ].join(' '),
  security: route.roles === 'public' ? [] : [{ bearer: [] }],
  requestParams: {
    path: route.params,
    query: route.query,
    ...(takesKey(route) ? { header: z.object({ 'Idempotency-Key': IdempotencyKey }) } : {}),
  },
  ...(route.body === undefined
    ? {}
    : { requestBody: { required: true, content: { 'application/json': { schema: route.body } } } }),
  responses: responsesOf(route),
});

const paths = (): ZodOpenApiPathsObject => {
  const byPath: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of routes) {
    const path = `${prefix}${route.path}`;
    byPath[path] = { ...byPath[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return byPath;
};

const description = [
  'Keeps a model learning from the cases that experts validate, and never lets a worse one reach users for long.',
  'Errors are `application/problem+json` (RFC 9457). Lists page by an opaque cursor. Unknown fields are refused.',
  "The tenant and the role come from the access token alone; another tenant's things answer as unknown ones do.",
].join(' ');

/** The OpenAPI 3.1 document of the route table. The same table always gives the same document. */
export const makeOpenApiDocument = () => {
  const document: ZodOpenApiObject = {
    openapi: '3.1.0',
    info: {
      title: 'Relearn',
      version: '1.0.0',
      description,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: Object.entries(sliceDescriptions).map(([name, text]) => ({ name, description: text })),
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'An access token of the user pool',
        },
      },
    },
    paths: paths(),
  };
  return createDocument(document);
};
