import { describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import { actorOf, assertRole, principalOf } from '../../functions/platform/principal.ts';

const claims = { token_use: 'access', sub: 'user-1', tenant: 'acme', role: 'expert' };

const eventOf = (given: Record<string, unknown> | undefined) =>
  ({
    requestContext: { authorizer: given === undefined ? undefined : { jwt: { claims: given, scopes: [] } } },
  }) as unknown as APIGatewayProxyEventV2WithJWTAuthorizer;

describe('who calls', () => {
  test('is read from the verified claims alone', () => {
    expect(principalOf(eventOf(claims))).toEqual({ tenant: 'acme', role: 'expert', id: 'user-1' });
  });

  test.each([
    ['no token', undefined],
    ['no tenant', { ...claims, tenant: undefined }],
    ['no role', { ...claims, role: undefined }],
    ['an unknown role', { ...claims, role: 'owner' }],
    ['no subject', { ...claims, sub: '' }],
    ['an id token', { ...claims, token_use: 'id' }],
    ["the platform's own tenant", { ...claims, tenant: 'relearn' }],
    ['a tenant that reaches into another key', { ...claims, tenant: 'acme#model#x' }],
    ['a tenant that reaches into another prefix', { ...claims, tenant: 'acme/../other' }],
  ])('is nobody with %s', (_, given) => {
    expect(() => principalOf(eventOf(given))).toThrow(expect.objectContaining({ code: 'unauthorized' }));
  });

  test('is named in the audit by role and pseudonym', () => {
    expect(actorOf(principalOf(eventOf(claims)))).toBe('expert:user-1');
  });
});

describe('a role', () => {
  const expert = principalOf(eventOf(claims));

  test('that the operation names may do it', () => {
    expect(() => assertRole(expert, ['operator', 'expert'])).not.toThrow();
  });

  test('that it does not name may not, and learns which may', () => {
    expect(() => assertRole(expert, ['operator', 'admin'])).toThrow(
      expect.objectContaining({
        code: 'forbidden',
        message: 'Expected a token with the role operator or admin; this one has expert.',
      }),
    );
  });
});
