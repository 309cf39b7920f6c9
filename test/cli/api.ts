import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A request as it came. */
interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** What is answered; a status of its own makes it a problem. */
export interface Reply {
  readonly status?: number;
  readonly body: unknown;
}

export interface ScriptedApi {
  /** Requests, the first one first. */
  readonly asked: readonly Asked[];
  /** What a command is run with to reach it. */
  readonly environment: { readonly RELEARN_URL: string; readonly RELEARN_TOKEN: string };
  /** Answers so from now on, and forgets what was asked. */
  answer(script: (asked: Asked) => Reply): void;
  close(): void;
}

/** Something at an address that answers as it is told to. */
export const startScriptedApi = async (): Promise<ScriptedApi> => {
  const asked: Asked[] = [];
  let script = (_: Asked): Reply => ({ status: 500, body: { title: 'No script', detail: 'Nothing is answered yet.' } });
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    const body = headers['content-type'] === undefined ? undefined : await json(request);
    const one = { method, path: url.replace('/v1', ''), body };
    asked.push(one);
    const { status = 200, body: answer } = script(one);
    const type = status < 400 ? 'application/json' : 'application/problem+json';
    response.writeHead(status, { 'content-type': type }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    asked,
    environment: {
      RELEARN_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      RELEARN_TOKEN: 't',
    },
    answer: (chosen) => {
      asked.length = 0;
      script = chosen;
    },
    close: () => server.close(),
  };
};
