import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { root } from '../../local/paths.ts';
import { machine, markdownOf, type Result } from '../report.ts';
import type { Half } from './halves.ts';
import { Cause } from './measure.ts';
import type { Row } from './summary.ts';

const titles = { [Cause.Alarm]: 'By alarm', [Cause.ByHand]: 'By hand' } as const;
const names = { idle: 'idle', training: 'during a training' } as const;

const histogramOf = (
  cause: Cause,
  halves: readonly Half[],
): Extract<TopLevelSpec, { hconcat: unknown }>['hconcat'][number] => ({
  title: titles[cause],
  width: 320,
  height: 180,
  data: {
    values: halves.flatMap(({ during, measured }) =>
      measured
        .filter((one) => one.cause === cause)
        .map(({ milliseconds }) => ({ milliseconds, during: names[during] })),
    ),
  },
  mark: { type: 'bar', opacity: 0.75 },
  encoding: {
    x: { field: 'milliseconds', type: 'quantitative', bin: { maxbins: 40 }, title: 'ms until the route is restored' },
    y: { aggregate: 'count', type: 'quantitative', title: 'rollbacks', stack: 'zero' },
    color: {
      field: 'during',
      type: 'nominal',
      title: null,
      scale: { domain: [names.idle, names.training], range: ['#2a78b5', '#d98a3a'] },
    },
  },
});

const plotOf = (halves: readonly Half[]): TopLevelSpec => ({
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  background: 'white',
  config: { font: 'system-ui, sans-serif', view: { stroke: null }, axis: { grid: false } },
  spacing: 40,
  hconcat: Object.values(Cause).map((cause) => histogramOf(cause, halves)),
});

const tableOf = (rows: readonly Row[]): string =>
  [
    ['rollbacks', 'while', 'runs', 'p50', 'p90', 'p99', 'max'],
    ['---', '---', '---:', '---:', '---:', '---:', '---:'],
    ...rows.map(({ cause, during, runs, p50, p90, p99, max }) => [
      titles[cause].toLowerCase(),
      names[during],
      String(runs),
      ...[p50, p90, p99, max].map((value) => `${Math.round(value)} ms`),
    ]),
  ]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

const pageOf = (results: readonly Result[], rows: readonly Row[]): string => `# Rollback

Made by \`npm run bench:rollback\`, which measures all of it again.

![How long rollbacks took, by alarm and by hand](rollback.svg)

${tableOf(rows)}

${markdownOf(results)}

Read on ${machine()}.

## How it was read

- The deployed stack on the embedded cloud: the same functions, state machine, alarms and permissions as on AWS. Four
  models take part in turn; each has a champion and a challenger that the training program made.
- Each run deploys the challenger through the API. Once the rollout has its alarms and the challenger half of the
  requests, something asks for the rollback.
- **By alarm**: the rollout's own guard is set to fire, as CloudWatch does when its rule holds. Time goes from before
  that call until the API shows a route without the challenger: alarm, topic, function, one conditional write, and the
  reading. CloudWatch itself takes up to 10 s on AWS to find that an alarm's rule holds; that is not in it.
- **By hand**: from before the call of the API until the route without the challenger was read after its answer.
- **During a training**: only runs that were asked for while a training ran on the same machine, of one of the same
  models, however long they took.
- Quantiles are by nearest rank: of 25 runs p99 is the slowest.
- Every run is checked: the rollout says that it was rolled back, and by what.
`;

/** Writes docs/rollback.md and docs/rollback.svg. */
export const writePage = async (
  results: readonly Result[],
  rows: readonly Row[],
  halves: readonly Half[],
): Promise<void> => {
  const view = new View(parse(compile(plotOf(halves)).spec), { renderer: 'none' });
  writeFileSync(join(root, 'docs/rollback.svg'), `${await view.toSVG()}\n`);
  writeFileSync(join(root, 'docs/rollback.md'), pageOf(results, rows));
};
