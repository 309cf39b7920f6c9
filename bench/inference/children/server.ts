/**
 * Serves predictions over HTTP from one process: `server.ts handler|bare PORT ENTRY GRAPH`. `handler` puts the predict
 * function behind node's server, `bare` the least that answers: parse, `session.run`, stringify.
 */
import { createServer, type IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers/promises';
import { eventOf, features } from '../fixtures.ts';

type Answer = (body: string) => Promise<string>;

const [kind = '', port = '', entry = '', graph = ''] = process.argv.slice(2);

const handlerAnswer = async (): Promise<Answer> => {
  const { handler } = (await import(entry)) as { handler: (event: unknown) => Promise<{ body: string }> };
  return async (body) => {
    // As `session.run` does: what arrived together is read before any of it is predicted. Lambda brings one at a time.
    await setImmediate();
    return (await handler(eventOf('trees', body))).body;
  };
};

const bareAnswer = async (): Promise<Answer> => {
  const { InferenceSession, Tensor } = createRequire(entry)('onnxruntime-node') as typeof import('onnxruntime-node');
  const session = await InferenceSession.create(graph, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  return async (body) => {
    const { input } = JSON.parse(body) as { input: Record<string, number> };
    const numeric = new Tensor(
      'float32',
      Float32Array.from(features, (name) => input[name] ?? Number.NaN),
      [1, 30],
    );
    const { probabilities } = await session.run({ numeric });
    const [no, yes] = probabilities === undefined ? [] : (probabilities.data as Float32Array);
    return JSON.stringify({ label: (no ?? 0) > (yes ?? 0) ? 'no' : 'yes', probabilities: { no, yes } });
  };
};

const answer = kind === 'handler' ? await handlerAnswer() : await bareAnswer();

const read = (request: IncomingMessage): Promise<string> =>
  new Promise((resolve) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => resolve(body));
  });

createServer(async (request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(await answer(await read(request)));
}).listen(Number(port), '127.0.0.1');
