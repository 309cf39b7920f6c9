import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod';
import { type RouteDefinition, takesKey } from '../../contracts/routes/index.ts';
import { check } from './read-request.ts';

const IdempotencyKey = z
  .string()
  .max(200, 'expected at most 200 characters; choose a shorter key')
  .regex(/\S/, 'expected a key that is not blank; choose one, or leave the header out')
  .optional();

/**
 * The caller's Idempotency-Key, where the operation takes one. Beside `read-request.ts`, because who takes none need not
 * know all operations.
 *
 * @throws Problem for one that is blank, as where a variable was empty, or longer than documented
 */
export const readKey = (
  route: RouteDefinition,
  { headers }: Pick<APIGatewayProxyEventV2, 'headers'>,
): string | undefined =>
  takesKey(route)
    ? (check(IdempotencyKey, headers['idempotency-key'], 'header/Idempotency-Key') as string | undefined)
    : undefined;
