import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import autocannon from 'autocannon';
import type { Log } from '../../local/log.ts';
import { python, root } from '../../local/paths.ts';
import { median, pairedRatio } from '../quantiles.ts';
import { type Goal, judge, type Result } from '../report.ts';
import { freePort, scriptFile, spawnPinned, stop } from './child.ts';
import { functionEnvironment } from './cloud.ts';
import { bodyOf, features, graphFile, rowsOf } from './fixtures.ts';
import type { Package } from './package.ts';

const rounds = 5;
const secondsARound = 2;
const warmUpSeconds = 1;
const connections = 8;
const startMilliseconds = 30_000;

const goals = {
  bare: {
    id: 'G3.node',
    what: 'requests a second on one core, trees, against node http and session.run',
    unit: '×',
    bound: 'at least',
    gate: 0.85,
    stretch: 0.95,
  },
  fastapi: {
    id: 'G3.fastapi',
    what: 'against FastAPI and onnxruntime',
    unit: '×',
    bound: 'at least',
    gate: 2.2,
    stretch: 3,
  },
  pandas: {
    id: 'G3.pandas',
    what: 'against the way through a data frame',
    unit: '×',
    bound: 'at least',
    gate: 10,
    stretch: 20,
  },
} as const satisfies Record<string, Goal>;

type ServerName = 'handler' | keyof typeof goals;

interface Server {
  readonly name: ServerName;
  readonly url: string;
  readonly bodies: readonly string[];
  readonly process: ChildProcess;
}

/** Requests a second, in the middle of the rounds. */
export interface ThroughputFigures {
  readonly server: ServerName;
  readonly requestsPerSecond: number;
}

const rows = rowsOf(200);
const plainBodies = rows.map(bodyOf);
const frameBodies = rows.map((row) => JSON.stringify({ dataframe_split: { columns: features, data: [row] } }));

const startServer = async (name: ServerName, { entry }: Package, cloudUrl: string): Promise<Server> => {
  const port = await freePort();
  const environment = { ...functionEnvironment(cloudUrl), MODEL: graphFile('trees') };
  const node = (kind: string) =>
    spawnPinned(process.execPath, [scriptFile('server'), kind, String(port), entry, graphFile('trees')], environment);
  const uvicorn = (app: string) =>
    spawnPinned(
      python,
      `-m uvicorn scoring_server:${app} --port ${port} --app-dir ${join(root, 'bench/python')} --loop uvloop --http httptools --log-level warning --no-access-log`.split(
        ' ',
      ),
      environment,
    );
  const starts: Readonly<Record<ServerName, () => ChildProcess>> = {
    handler: () => node('handler'),
    bare: () => node('bare'),
    fastapi: () => uvicorn('plain'),
    pandas: () => uvicorn('pandas'),
  };
  const server = {
    name,
    url: `http://127.0.0.1:${port}/`,
    bodies: name === 'pandas' ? frameBodies : plainBodies,
    process: starts[name](),
  };
  await untilAnswering(server);
  return server;
};

const untilAnswering = async ({ name, url, bodies, process: { pid } }: Server): Promise<void> => {
  const deadline = performance.now() + startMilliseconds;
  while (performance.now() < deadline) {
    const answer = await fetch(url, {
      method: 'POST',
      body: bodies[0] as string,
      headers: { 'content-type': 'application/json' },
    }).catch(() => undefined);
    if (answer?.ok === true) return;
    await setTimeout(100);
  }
  throw new Error(`Expected an answer of the server ${name} (process ${pid}) within 30 s, got none.`);
};

const load = async ({ name, url, bodies }: Server, duration: number): Promise<number> => {
  const {
    requests,
    non2xx,
    errors,
    duration: seconds,
  } = await autocannon({
    url,
    duration,
    connections,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    requests: bodies.map((body) => ({ body })),
  });
  if (non2xx + errors > 0)
    throw new Error(`The server ${name} failed ${non2xx + errors} of ${requests.total} requests.`);
  return requests.total / seconds;
};

/** G3: each server alone on one processor, loaded in turn, round by round. */
export const benchThroughput = async (
  built: Package,
  cloudUrl: string,
  log: Log,
): Promise<{ results: Result[]; figures: ThroughputFigures[] }> => {
  const servers: Server[] = [];
  const measured: Record<ServerName, number[]> = { handler: [], bare: [], fastapi: [], pandas: [] };
  try {
    for (const name of Object.keys(measured) as ServerName[]) {
      log(`starting the server ${name}`);
      const server = await startServer(name, built, cloudUrl);
      servers.push(server);
      await load(server, warmUpSeconds);
    }
    for (let round = 1; round <= rounds; round += 1) {
      for (const server of servers) {
        log(`requests a second, round ${round} of ${rounds}: ${server.name}`);
        measured[server.name].push(await load(server, secondsARound));
      }
    }
  } finally {
    await Promise.all(servers.map(({ process }) => stop(process)));
  }
  return {
    results: Object.entries(goals).map(([name, goal]) =>
      judge(goal, pairedRatio(measured.handler, measured[name as keyof typeof goals])),
    ),
    figures: servers.map(({ name }) => ({ server: name, requestsPerSecond: median(measured[name]) })),
  };
};
