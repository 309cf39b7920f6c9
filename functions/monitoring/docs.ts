import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import style from 'swagger-ui-dist/swagger-ui.css' with { type: 'text' };
import script from 'swagger-ui-dist/swagger-ui-bundle.js' with { type: 'text' };
import { answer } from '../platform/answers.ts';
import { Problem, problemDocument } from '../platform/errors.ts';
import { logger } from '../platform/telemetry.ts';
import { makeOpenApiDocument } from './openapi.ts';

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Relearn API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<body>
<div id="page"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

const start = "SwaggerUIBundle({ url: '/docs/openapi.json', dom_id: '#page', persistAuthorization: false });\n";

/** The page's own files alone; the API's page styles its elements in place. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

interface File {
  readonly type: string;
  readonly content: string;
}

const openApi: File = { type: 'application/json', content: JSON.stringify(makeOpenApiDocument()) };

const files: ReadonlyMap<string, File> = new Map([
  ['/docs', { type: 'text/html; charset=utf-8', content: page }],
  ['/docs/start.js', { type: 'text/javascript; charset=utf-8', content: start }],
  ['/docs/swagger-ui.css', { type: 'text/css; charset=utf-8', content: style }],
  ['/docs/swagger-ui-bundle.js', { type: 'text/javascript; charset=utf-8', content: script }],
  ['/docs/openapi.json', openApi],
  ['/v1/openapi.json', openApi],
]);

/** Serves the API's page and its OpenAPI document. */
export const handler = async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
  const path = event.rawPath.replace(/\/$/, '');
  const file = files.get(path);
  logger.info('answered', { page: file === undefined ? 'none' : path });
  if (file === undefined) {
    const document = problemDocument(
      new Problem('not-found', 'Expected a file of the API page. See /docs.'),
      event.requestContext.requestId,
    );
    return answer({ status: 404, body: document }, 'application/problem+json');
  }
  const headers = { 'content-security-policy': policy, 'cache-control': 'public, max-age=300' };
  return answer({ status: 200, body: file.content, headers }, file.type);
};
