import * as z from 'zod';
import type { ProblemCode } from '../problems.ts';
import type { Role } from '../roles.ts';

/** The parts of the product; the folder names of every layer. */
export type Slice = 'models' | 'cases' | 'training' | 'rollouts' | 'inference' | 'monitoring';

/**
 * One operation of the API. The table of these feeds the router, the OpenAPI document, API Gateway,
 * the authorisation test and the typed client, so that they cannot drift.
 */
export interface RouteDefinition {
  readonly id: string;
  readonly slice: Slice;
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Below `/v1`, with `{names}` for what `params` describes. */
  readonly path: string;
  readonly summary: string;
  readonly roles: readonly Role[] | 'public';
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  /** Absent where the operation takes no body. */
  readonly body?: z.ZodType;
  /** By HTTP status. */
  readonly responses: Readonly<Record<number, { description: string; schema?: z.ZodType; mediaType?: string }>>;
  readonly problems: readonly ProblemCode[];
  /** Whether an Idempotency-Key makes a repeated call answer as the first did. @default for all but GET */
  readonly idempotent?: boolean;
}

/** Whether the operation takes an Idempotency-Key. */
export const takesKey = ({ method, idempotent = method !== 'GET' }: RouteDefinition): boolean => idempotent;

const noParameters = z.strictObject({});

type Optional = 'params' | 'query' | 'problems';

type WithDefaults<Given> = Given & {
  params: Given extends { params: infer P extends z.ZodObject } ? P : typeof noParameters;
  query: Given extends { query: infer Q extends z.ZodObject } ? Q : typeof noParameters;
  problems: readonly ProblemCode[];
};

/** Problems that any route may answer. */
const usual: readonly ProblemCode[] = [
  'invalid-request',
  'unauthorized',
  'forbidden',
  'not-found',
  'internal',
  'unavailable',
];

/**
 * Defines one operation.
 *
 * @example
 * defineRoute({ id: 'getModel', slice: 'models', method: 'GET', path: '/models/{model}', … })
 */
export const defineRoute = <
  const Given extends Omit<RouteDefinition, Optional> & Partial<Pick<RouteDefinition, Optional>>,
>(
  given: Given,
): WithDefaults<Given> =>
  ({
    ...given,
    params: given.params ?? noParameters,
    query: given.query ?? noParameters,
    problems: [...usual, ...(given.problems ?? [])],
  }) as WithDefaults<Given>;

/** The prefix of every path. */
export const prefix = '/v1';
