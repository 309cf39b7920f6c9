import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CorsHttpMethod,
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUserPoolAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { prefix, type RouteDefinition, routes, type Slice } from '../../contracts/routes/index.ts';
import type { Settings } from '../settings.ts';
import { acknowledge } from './acknowledgements.ts';
import type { Identity } from './identity.ts';
import type { ServiceFunction, ServiceSettings } from './service-function.ts';

/** The functions that answer requests. */
export type Door = `${Slice}/api` | 'inference/predict' | 'inference/explain' | 'monitoring/docs';
export type Doors = { readonly [Entry in Door]: ServiceFunction<Entry> };

/** Routes that a function of its own answers, by their id; every other is answered by its slice's `api`. */
const ownDoors: Readonly<Record<string, Door>> = {
  postPrediction: 'inference/predict',
  postExplanation: 'inference/explain',
  getOpenApi: 'monitoring/docs',
};

/** The function that answers a route. */
export const doorOf = (route: RouteDefinition): Door => ownDoors[route.id] ?? `${route.slice}/api`;

/** The API's page, outside the prefix because people type it. */
const pagePaths = ['/docs', '/docs/{file+}'];

export interface ApiProps {
  readonly service: ServiceSettings;
  readonly identity: Identity;
  readonly settings: Pick<Settings, 'corsOrigins' | 'requestsPerSecond'>;
  readonly doors: Doors;
}

/** The HTTP API: every route of the route table, with a token unless it is public. */
export class Api extends Construct {
  readonly api: HttpApi;
  readonly url: string;

  constructor(scope: Construct, id: string, { service, identity, settings, doors }: ApiProps) {
    super(scope, id);
    this.api = new HttpApi(this, 'Http', {
      apiName: 'relearn',
      createDefaultStage: false,
      ...(settings.corsOrigins.length === 0
        ? {}
        : {
            corsPreflight: {
              allowOrigins: [...settings.corsOrigins],
              allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.PUT, CorsHttpMethod.POST, CorsHttpMethod.DELETE],
              allowHeaders: ['authorization', 'content-type', 'idempotency-key'],
              maxAge: Duration.hours(1),
            },
          }),
    });
    this.url = this.api.apiEndpoint;
    this.addStage(service, settings.requestsPerSecond);
    this.addRoutes(identity, doors);
  }

  private addRoutes(identity: Identity, doors: Doors): void {
    const authorizer = new HttpUserPoolAuthorizer('Tokens', identity.userPool, { userPoolClients: [identity.client] });
    const anybody = new HttpNoneAuthorizer();
    const integrations = new Map(
      Object.entries(doors).map(([entry, { function: handler }]) => [
        entry,
        new HttpLambdaIntegration(entry.replace('/', '-'), handler, { scopePermissionToRoute: false }),
      ]),
    );
    const add = (name: string, door: Door, path: string, method: HttpMethod, isPublic: boolean): void => {
      const integration = integrations.get(door);
      if (integration === undefined) throw new Error(`Expected a function ${door} for ${method} ${path}`);
      const route = new HttpRoute(this, name, {
        httpApi: this.api,
        routeKey: HttpRouteKey.with(path, method),
        integration,
        authorizer: isPublic ? anybody : authorizer,
      });
      if (isPublic)
        acknowledge(route, { 'AwsSolutions-APIG4': 'health and documentation tell nothing about any tenant' });
    };
    for (const route of routes) {
      add(route.id, doorOf(route), `${prefix}${route.path}`, HttpMethod[route.method], route.roles === 'public');
    }
    for (const [index, path] of pagePaths.entries()) {
      add(`Page${index}`, 'monitoring/docs', path, HttpMethod.GET, true);
    }
  }

  private addStage(service: ServiceSettings, requestsPerSecond: number): void {
    const logs = new LogGroup(this, 'AccessLogs', {
      encryptionKey: service.encryptionKey,
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: requestsPerSecond, burstLimit: 2 * requestsPerSecond },
      detailedMetricsEnabled: true,
      accessLogSettings: {
        destination: new LogGroupLogDestination(logs),
        // The route, never the path: a path may hold what a caller should not have put there.
        format: AccessLogFormat.custom(
          JSON.stringify({
            requestId: '$context.requestId',
            at: '$context.requestTime',
            route: '$context.routeKey',
            status: '$context.status',
            milliseconds: '$context.responseLatency',
            bytes: '$context.responseLength',
            refusal: '$context.authorizer.error',
          }),
        ),
      },
    });
  }
}
