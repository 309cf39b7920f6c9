import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import * as z from 'zod';
import { platformTenant, TenantName } from '../../contracts/identifiers.ts';
import { RoleName } from '../../contracts/roles.ts';
import { Problem } from './errors.ts';

/**
 * Who calls, by the verified claims of the access token; never by the path or the body.
 * API Gateway has verified signature, issuer, client and time.
 */
const Claims = z.object({
  token_use: z.literal('access'),
  sub: z.string().min(1),
  tenant: TenantName.refine((tenant) => tenant !== platformTenant),
  role: RoleName,
});

export interface Principal {
  readonly tenant: string;
  readonly role: z.infer<typeof RoleName>;
  /** The user pool's id of the caller: a pseudonym by itself. */
  readonly id: string;
}

/** @throws Problem `unauthorized` where the token carries no tenant or role */
export const principalOf = (event: APIGatewayProxyEventV2WithJWTAuthorizer): Principal => {
  const claims = Claims.safeParse(event.requestContext.authorizer?.jwt?.claims);
  if (!claims.success) {
    throw new Problem(
      'unauthorized',
      'Expected an access token that carries a tenant and a role. Sign in again, or ask an admin for a role.',
    );
  }
  return { tenant: claims.data.tenant, role: claims.data.role, id: claims.data.sub };
};

/** @throws Problem `forbidden` where the route is for other roles */
export const assertRole = ({ role }: Principal, roles: readonly string[]): void => {
  if (roles.includes(role)) return;
  throw new Problem('forbidden', `Expected a token with the role ${roles.join(' or ')}; this one has ${role}.`);
};

/** How the audit names a caller. */
export const actorOf = (principal: Principal): string => `${principal.role}:${principal.id}`;
