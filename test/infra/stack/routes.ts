import { describe, expect, test } from '@jest/globals';
import { prefix, routes } from '../../../contracts/routes/index.ts';
import { doorOf } from '../../../infra/platform/api.ts';
import { stack } from '../support/stack.ts';
import { flat, Synthesised } from '../support/synthesised.ts';

/** What answers, and whom. */
export const describeRoutes = (): void => {
  describe('the route table', () => {
    test('is served whole, and nothing else but the page of the API', () => {
      const served = stack.all('AWS::ApiGatewayV2::Route').map(({ properties }) => properties.RouteKey);
      const expected = routes.map(({ method, path }) => `${method} ${prefix}${path}`);
      expect(served.sort()).toEqual([...expected, 'GET /docs', 'GET /docs/{file+}'].sort());
    });

    test.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))(
      '%s asks for a token unless it is public, and reaches its function',
      (_, route) => {
        const { properties } = stack.one('AWS::ApiGatewayV2::Route', `Api${route.id}`);
        expect(properties.AuthorizationType).toBe(route.roles === 'public' ? 'NONE' : 'JWT');
        expect(properties.AuthorizerId === undefined).toBe(route.roles === 'public');
        const [integration] =
          flat(properties.Target)
            .match(/<(.*)>/)
            ?.slice(1) ?? [];
        const { IntegrationUri } = stack.one('AWS::ApiGatewayV2::Integration', integration ?? '').properties;
        const { id } = stack.functionOf(doorOf(route));
        expect(flat(IntegrationUri)).toBe(`<${id}.Arn>`);
      },
    );

    test('takes tokens of its own user pool and client alone', () => {
      const [authorizer] = stack.all('AWS::ApiGatewayV2::Authorizer');
      const { AuthorizerType, JwtConfiguration } = authorizer?.properties ?? {};
      expect(AuthorizerType).toBe('JWT');
      expect(JwtConfiguration.Audience).toEqual([{ Ref: stack.one('AWS::Cognito::UserPoolClient', 'Platform').id }]);
      expect(flat(JwtConfiguration.Issuer)).toContain(stack.one('AWS::Cognito::UserPool', 'Platform').id);
    });

    test('is throttled, and logs routes but no paths', () => {
      const { DefaultRouteSettings, AccessLogSettings } = stack.one('AWS::ApiGatewayV2::Stage', 'Api').properties;
      expect(DefaultRouteSettings).toMatchObject({ ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 });
      expect(AccessLogSettings.Format).not.toMatch(/context\.(path|identity)/);
    });

    test('answers pages of other origins only where they are named', () => {
      expect(stack.one('AWS::ApiGatewayV2::Api', 'Api').properties.CorsConfiguration).toBeUndefined();
      const open = new Synthesised({ corsOrigins: 'https://one.example,https://two.example' });
      expect(open.one('AWS::ApiGatewayV2::Api', 'Api').properties.CorsConfiguration.AllowOrigins).toEqual([
        'https://one.example',
        'https://two.example',
      ]);
    });
  });
};
