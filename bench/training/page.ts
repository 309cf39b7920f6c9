import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { root } from '../../local/paths.ts';
import { median, quantile } from '../quantiles.ts';
import { machine, markdownOf, markdownTable, type Result } from '../report.ts';
import type { Figures } from './summary.ts';

const parts = { before: 'trigger to first line', after: 'last line to version' } as const;
const whiles = { idle: 'idle', training: 'during a training' } as const;
const colours = ['#2a78b5', '#d98a3a'];

const plotOf = ({ overhead, predictions }: Figures): TopLevelSpec => ({
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  background: 'white',
  config: { font: 'system-ui, sans-serif', view: { stroke: null }, axis: { grid: false } },
  spacing: 40,
  resolve: { scale: { color: 'independent' } },
  hconcat: [
    {
      title: 'What a job takes besides its training',
      width: 320,
      height: 160,
      data: {
        values: overhead.flatMap(({ before, after }) => [
          { part: parts.before, seconds: before },
          { part: parts.after, seconds: after },
        ]),
      },
      mark: { type: 'tick', thickness: 2, size: 36, color: colours[0] as string },
      encoding: {
        y: { field: 'part', type: 'nominal', sort: null, title: null },
        x: { field: 'seconds', type: 'quantitative', title: 's, a job each', scale: { zero: true } },
      },
    },
    {
      title: 'A prediction through the API',
      width: 320,
      height: 160,
      data: {
        values: Object.entries(whiles).flatMap(([key, name]) =>
          predictions[key as keyof typeof whiles].flat().map((milliseconds) => ({ milliseconds, while: name })),
        ),
      },
      // The slowest of a hundred would squeeze all others into one bar.
      transform: [{ filter: `datum.milliseconds <= ${quantile(predictions.training.flat(), 0.99)}` }],
      mark: { type: 'bar', opacity: 0.75 },
      encoding: {
        x: { field: 'milliseconds', type: 'quantitative', bin: { maxbins: 40 }, title: 'ms, up to the 99th of 100' },
        y: { aggregate: 'count', type: 'quantitative', title: 'predictions', stack: null },
        color: {
          field: 'while',
          type: 'nominal',
          title: null,
          scale: { domain: Object.values(whiles), range: colours },
        },
      },
    },
  ],
});

const tableOf = ({ overhead, large, sharing, predictions }: Figures): string => {
  const spread = (numbers: readonly number[], digits: number, unit: string): string[] =>
    [Math.min(...numbers), median(numbers), Math.max(...numbers)].map((value) => `${value.toFixed(digits)} ${unit}`);
  const before = overhead.map((one) => one.before);
  const after = overhead.map((one) => one.after);
  return markdownTable([
    ['what', 'times', 'least', 'median', 'most'],
    [parts.before, String(overhead.length), ...spread(before, 2, 's')],
    [parts.after, String(overhead.length), ...spread(after, 2, 's')],
    ['a training alone', String(sharing.alone.length), ...spread(sharing.alone, 1, 's')],
    ['the slower of two at once', String(sharing.together.length), ...spread(sharing.together, 1, 's')],
    ['a prediction, idle', String(predictions.idle.flat().length), ...spread(predictions.idle.flat(), 1, 'ms')],
    [
      'a prediction during a training',
      String(predictions.training.flat().length),
      ...spread(predictions.training.flat(), 1, 'ms'),
    ],
    ['the large training', '1', '', `${large.seconds.toFixed(0)} s`, ''],
  ]);
};

const pageOf = (results: readonly Result[], figures: Figures): string => `# Training

Made by \`npm run bench:training\`, which measures all of it again.

![What a job takes besides its training, and predictions during one](training.svg)

${markdownOf(results)}

${tableOf(figures)}

Read on ${machine()}.

## How it was read

- **Overhead**: jobs on the embedded cloud, one after the other, asked for through the API. Before: snapshot, queue,
  state machine, start of the host, download, start of Python. After: upload, event, gate, registration. The first and
  the last line are those of the job's log; the version's own time of creation ends it. On AWS the start of a machine
  comes on top, which takes minutes.
- **Memory**: the training program on a made-up table, with its default budget, on two cores, as SageMaker starts it. The
  most that it and its children had in use at a time, looked at 20 times a second, and no less than the system's own
  record of each process.
- **Two at once**: the same work, a fixed number of trials of all families, alone and twice at the same time, on the
  same two cores. Two that share fairly take no more than twice as long; threads that spin while they wait take several
  times as long.
- **Predictions**: one after the other through the API, in turn while nothing else goes on and while a search runs on
  the same machine. The ratio is the median of the rounds' ratios of medians.
`;

/** Writes docs/training.md and docs/training.svg. */
export const writePage = async (results: readonly Result[], figures: Figures): Promise<void> => {
  const view = new View(parse(compile(plotOf(figures)).spec), { renderer: 'none' });
  writeFileSync(join(root, 'docs/training.svg'), `${await view.toSVG()}\n`);
  writeFileSync(join(root, 'docs/training.md'), pageOf(results, figures));
};
