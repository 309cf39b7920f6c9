import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { root } from '../../local/paths.ts';
import { machine, markdownOf, type Result } from '../report.ts';
import type { ColdStartFigures } from './cold-start.ts';
import type { LatencyFigures } from './latency.ts';
import type { ThroughputFigures } from './throughput.ts';

export interface Figures {
  readonly latency: readonly LatencyFigures[];
  readonly throughput: readonly ThroughputFigures[];
  readonly coldStart: readonly ColdStartFigures[];
}

interface Bar {
  readonly name: string;
  readonly value: number;
  readonly ours: boolean;
}

const serverNames = {
  handler: 'predict handler',
  bare: 'node + session.run',
  fastapi: 'FastAPI',
  pandas: 'data frame',
};
const startNames = { ours: 'predict function', 'full-stack': 'SDK + middleware', floor: 'onnxruntime alone' };

type Panel = Extract<TopLevelSpec, { hconcat: unknown }>['hconcat'][number];

const panel = (title: string, axis: string, bars: readonly Bar[]): Panel => ({
  title,
  width: 230,
  height: { step: 26 },
  data: { values: [...bars] },
  encoding: {
    y: { field: 'name', type: 'nominal', sort: null, title: null },
    x: { field: 'value', type: 'quantitative', title: axis, axis: { tickCount: 4 } },
  },
  layer: [
    {
      mark: { type: 'bar', cornerRadiusEnd: 2 },
      encoding: { color: { condition: { test: 'datum.ours', value: '#2a78b5' }, value: '#b9c2cb' } },
    },
    {
      mark: { type: 'text', align: 'left', dx: 4 },
      encoding: { text: { field: 'value', type: 'quantitative', format: ',.3~s' } },
    },
  ],
});

const plotOf = ({ latency, throughput, coldStart }: Figures): TopLevelSpec => ({
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  background: 'white',
  config: { font: 'system-ui, sans-serif', view: { stroke: null }, axis: { grid: false } },
  spacing: 40,
  hconcat: [
    panel(
      'One prediction',
      'median µs',
      latency.flatMap(({ model, raw, handler }) => [
        { name: `${model}: whole handler`, value: handler, ours: true },
        { name: `${model}: session.run`, value: raw, ours: false },
      ]),
    ),
    panel(
      'One processor',
      'requests a second',
      throughput.map(({ server, requestsPerSecond }) => ({
        name: serverNames[server],
        value: requestsPerSecond,
        ours: server === 'handler',
      })),
    ),
    panel(
      'Cold start',
      'ms to ready',
      coldStart.map(({ variant, milliseconds }) => ({
        name: startNames[variant],
        value: milliseconds,
        ours: variant === 'ours',
      })),
    ),
  ],
});

const pageOf = (results: readonly Result[]): string => `# Performance

Made by \`npm run bench:inference\`, which measures all of it again.

![Latency, throughput and cold start of the predict function](performance.svg)

${markdownOf(results)}

Read on ${machine()}.

## How it was read

- The predict function is the deployed bundle, started by its own configuration against a table, a bucket and a key that
  answer from memory. The models are gradient-boosted trees (300 of depth 6, 30 features), a network of 30–128–64–2
  units, and a network of 59 MB.
- Everything is compared with something else in the same run: turn by turn, at least five rounds, the median of the
  rounds' ratios. The absolute figures above depend on the machine; the ratios hardly do.
- **Latency**: handler and \`session.run\` alternate in one process, on the same rows. The handler's time is from the API
  Gateway event to the answer: claims, JSON, validation, route, prediction, signed predictionId, one log line.
- **Challenger**: the same trees a second time, in shadow of every request or in place of the champion, in the thread
  that answers for challengers; a process each, in turn. Back to back, the code for shadows takes the processor's
  caches from the handler; 2 ms apart, what is done for a shadow is done before the next request. With one processor,
  shadow requests are dropped instead.
- **Explanation**: as the explain function makes it once artifact and background are in memory, and the trees asked for
  as many inputs in the same batches.
- **Throughput**: each server has the same one processor, eight connections keep it busy. FastAPI runs on uvicorn with
  uvloop and httptools; the data frame's server enforces each column's type as servers for any model do. Where a gate
  fails here: between our steps \`session.run\` itself takes longer than in the bare server, which runs what arrived
  together in one go and keeps the trees in the processor's cache. One request at a time, as a function is asked, the
  same handler is G1.
- **Cold start**: from the start of the process to the first answered prediction of the warm-up, route and artifact
  fetched.
- **Memory**: resident, after 500 predictions.
`;

/** Writes docs/performance.md and docs/performance.svg. */
export const writePage = async (results: readonly Result[], figures: Figures): Promise<void> => {
  const view = new View(parse(compile(plotOf(figures)).spec), { renderer: 'none' });
  writeFileSync(join(root, 'docs/performance.svg'), `${await view.toSVG()}\n`);
  writeFileSync(join(root, 'docs/performance.md'), pageOf(results));
};
